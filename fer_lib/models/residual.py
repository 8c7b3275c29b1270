"""`ResidualNet`: convolution layers with shortcuts around them. Hua et al. 2025, section 3, after He et al. 2016."""

from itertools import pairwise

import torch
from torch import nn

from fer_lib.errors import FerError
from fer_lib.models.convnet import affine, check_sizes
from fer_lib.models.registry import register
from fer_lib.models.standardize import Standardize


class ResidualBlock(nn.Module):
    """Two convolutions whose result is added to what went in. He et al. 2016, section 3.2.

    Where the number of channels changes, a 1x1 convolution brings the shortcut to the new number.

    Examples
    --------
    >>> ResidualBlock(32, 64)(torch.zeros(1, 32, 24, 24)).shape
    torch.Size([1, 64, 24, 24])
    """

    def __init__(self, channels, filters):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, filters, 3, padding=1, bias=False),
            nn.BatchNorm2d(filters),
            nn.ReLU(),
            nn.Conv2d(filters, filters, 3, padding=1, bias=False),
            nn.BatchNorm2d(filters),
        )
        self.shortcut = nn.Identity()
        if channels != filters:
            self.shortcut = nn.Sequential(nn.Conv2d(channels, filters, 1, bias=False), nn.BatchNorm2d(filters))

    def forward(self, maps):
        return torch.relu(self.body(maps) + self.shortcut(maps))


@register("resnet2025-residual")
class ResidualNet(nn.Module):
    """A convolution, residual blocks with max-pooling between them, global average pooling, two hidden layers.

    The paper says no more than that its vanilla network lost some convolution layers and got residual blocks instead.

    Parameters
    ----------
    classes : int
        Number of emotion labels.
    filters : sequence of int
        Filters of the first convolution, then of each block; six at most, as 48 pixels can be halved five times.
    hidden : sequence of int
        Units of the fully connected layers.
    dropout : float
        Probability that a unit of these is dropped.

    Raises
    ------
    FerError
        If there are no filters, more than six, or one is no whole number from 1 up.

    Examples
    --------
    >>> network = ResidualNet()
    >>> network(torch.zeros(2, 1, 48, 48)).shape
    torch.Size([2, 7])
    """

    def __init__(self, classes=7, *, filters=(32, 64, 128, 256), hidden=(128, 64), dropout=0.3):
        super().__init__()
        check_sizes("filters", filters)
        check_sizes("hidden", hidden)
        if not 1 <= len(filters) <= 6:
            raise FerError(f"filters has {len(filters)} values, expected 1 to 6: 48 pixels can be halved five times")
        self.standardize = Standardize()
        stem = nn.Sequential(nn.Conv2d(1, filters[0], 3, padding=1, bias=False), nn.BatchNorm2d(filters[0]), nn.ReLU())
        self.features = nn.Sequential(stem)
        for channels, more in pairwise(filters):
            self.features.append(nn.Sequential(nn.MaxPool2d(2), ResidualBlock(channels, more)))
        self.head, units = nn.Sequential(), filters[-1]
        for next_units in hidden:
            self.head.append(affine(units, next_units, dropout=dropout))
            units = next_units
        for layer in self.modules():
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
        self.head.append(nn.Linear(units, classes))

    def forward(self, images):
        maps = self.features(self.standardize(images))  # [N, channels, 6, 6]
        return self.head(maps.mean((2, 3)))
