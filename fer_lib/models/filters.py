"""The filters of the first layer, the only ones that look at pixels. Alizadeh & Fazel 2017, figure 10."""

import numpy as np
from torch import nn


def first_filters(network):
    """Return the filters of a network's first convolution layer.

    Parameters
    ----------
    network : torch.nn.Module

    Returns
    -------
    numpy.ndarray of float32, shape [filters, side, side]
        None, that is shape [0, 0, 0], if the network has no convolution layer.

    Examples
    --------
    >>> from fer_lib.models import create_model
    >>> first_filters(create_model("greblo-deep")).shape
    (64, 3, 3)
    """
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d):
            return layer.weight.detach().float().cpu().numpy()[:, 0].copy()
    return np.zeros((0, 0, 0), np.float32)
