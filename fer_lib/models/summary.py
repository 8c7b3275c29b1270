"""`summary`: what each layer of a network gives, what it learns, and what it costs."""

from typing import NamedTuple

import torch
from torch import nn

from fer_lib.models.watch import watch

_COUNTED = (nn.Conv2d, nn.Linear)


class Layer(NamedTuple):
    """One layer of a network, for one image.

    Attributes
    ----------
    name : str
        Where it stands in the network, e.g. ``features.0.0``.
    kind : str
        Its class.
    shape : tuple of int
        Shape of what it gives, without the batch.
    parameters : int
        Numbers that training can change, those of a frozen layer included.
    multiply_adds : int
        Multiplications (each with an addition) of convolutions and fully connected layers; 0 for the others.
    """

    name: str
    kind: str
    shape: tuple
    parameters: int
    multiply_adds: int


def summary(network, size=48):
    """Return the layers of a network in the order in which an image passes them.

    Parameters
    ----------
    network : torch.nn.Module
        Takes images float32 [N, 1, size, size].
    size : int
        Height and width of the image.

    Returns
    -------
    list of Layer

    Examples
    --------
    >>> from fer_lib.models import create_model
    >>> [(layer.kind, layer.shape) for layer in summary(create_model("fully-connected"))]
    [('Standardize', (1, 48, 48)), ('Flatten', (2304,)), ('Linear', (7,))]
    """
    names = {  # layers, and what holds weights of its own beside its layers
        module: name
        for name, module in network.named_modules()
        if not list(module.children()) or list(module.parameters(recurse=False))
    }
    image = torch.zeros(1, 1, size, size, device=next(network.parameters()).device)
    layers = []
    for module, output in watch(network, names, image):
        learned = sum(weights.numel() for weights in module.parameters(recurse=False))
        uses = output[0, 0].numel() if isinstance(module, nn.Conv2d) else 1  # of each weight of a filter
        products = module.weight.numel() * uses if isinstance(module, _COUNTED) else 0
        layers.append(Layer(names[module], type(module).__name__, tuple(output.shape[1:]), learned, products))
    return layers
