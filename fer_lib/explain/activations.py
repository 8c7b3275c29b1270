"""Activation maps: what each convolution layer makes of a face. Alizadeh & Fazel 2017, figure 9."""

import torch

from fer_lib.errors import FerError
from fer_lib.models import watch


def activation_maps(network, images):
    """Return what each block of ``network.features`` gives.

    Parameters
    ----------
    network : torch.nn.Module
        With its convolution layers in ``features``, such as `fer_lib.models.ConvNet`.
    images : numpy.ndarray of uint8, shape [N, 48, 48]

    Returns
    -------
    list of numpy.ndarray of float32, each of shape [N, filters, side, side]
        One a block, in evaluation mode.

    Raises
    ------
    FerError
        If the network has no ``features``.

    Examples
    --------
    >>> import numpy as np
    >>> from fer_lib.models import create_model
    >>> maps = activation_maps(create_model("greblo-deep"), np.zeros((2, 48, 48), np.uint8))
    >>> [layer.shape for layer in maps]
    [(2, 64, 24, 24), (2, 128, 12, 12), (2, 512, 6, 6), (2, 512, 3, 3)]
    """
    if not hasattr(network, "features"):
        raise FerError(f"{type(network).__name__} has no convolution layers to look at")
    images = torch.tensor(images, device=next(network.parameters()).device)[:, None] / 255
    return [output.float().cpu().numpy() for _, output in watch(network, network.features, images)]


def sparsity(maps):
    """Return the share of exact zeros: what a ReLU has silenced.

    Parameters
    ----------
    maps : numpy.ndarray
        Of any shape.

    Returns
    -------
    float
        From 0 to 1.

    Examples
    --------
    >>> import numpy as np
    >>> sparsity(np.array([0.0, 0.0, 0.5, 1.0]))
    0.5
    """
    return float((maps == 0).mean())
