"""The network that a recipe begins with."""

import torch
from torch import nn

from fer_lib.errors import FerError
from fer_lib.models import Standardize, create_model


def fresh_network(recipe, faces):
    """Return the recipe's network with its first weights, its input standardised by `faces`.

    Parameters
    ----------
    recipe : Recipe
        `network`, `options` and `seed` are used.
    faces : FaceSet

    Returns
    -------
    torch.nn.Module

    Examples
    --------
    >>> from fer_lib.data import load
    >>> from fer_lib.train import Recipe
    >>> fresh_network(Recipe("mine", "fully-connected"), load("synthetic", n=50).train)[-1].out_features
    7
    """
    with torch.random.fork_rng(devices=[]):  # it is made on the CPU
        torch.default_generator.manual_seed(recipe.seed)
        network = create_model(recipe.network, classes=len(faces.names), **recipe.options)
    for layer in network.modules():
        if isinstance(layer, Standardize):
            layer.fit(torch.tensor(faces.images)[:, None])
    return network


def check_batch(network, size):
    """Refuse a batch, or a worker's share of one, that batch norm cannot learn from.

    Parameters
    ----------
    network : torch.nn.Module
    size : int
        Images in it.

    Raises
    ------
    FerError
        If it is one image, and the network has batch norm after a fully connected layer.

    Examples
    --------
    >>> check_batch(create_model("fully-connected"), 1)
    """
    if size < 2 and any(isinstance(layer, nn.BatchNorm1d) for layer in network.modules()):
        raise FerError("batch norm compares the images of a batch: it needs two at least, for each process")
