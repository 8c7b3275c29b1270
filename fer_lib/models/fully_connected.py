"""The baseline: every output looks at every pixel. Greblo 2025, section 3."""

from itertools import pairwise

from torch import nn

from fer_lib.models.convnet import check_sizes
from fer_lib.models.registry import register
from fer_lib.models.standardize import Standardize


@register("fully-connected")
class FullyConnected(nn.Sequential):
    """Fully connected layers on the flat image; with no hidden layer this is logistic regression on pixels.

    Parameters
    ----------
    classes : int
        Number of emotion labels.
    hidden : tuple of int
        Units of each hidden layer, each followed by a ReLU. Greblo's network has none.

    Examples
    --------
    >>> import torch
    >>> network = FullyConnected()
    >>> network(torch.zeros(2, 1, 48, 48)).shape
    torch.Size([2, 7])
    >>> sum(weights.numel() for weights in network.parameters())
    16135
    """

    def __init__(self, classes=7, hidden=()):
        check_sizes("hidden", hidden)
        layers = [Standardize(), nn.Flatten()]  # [N, 2304]
        for units_in, units_out in pairwise((48 * 48, *hidden)):
            layers += [nn.Linear(units_in, units_out), nn.ReLU()]
        super().__init__(*layers, nn.Linear((48 * 48, *hidden)[-1], classes))
