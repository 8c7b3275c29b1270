"""`ConvNet`: the family of networks of Alizadeh & Fazel 2017, section 3, with every option of it.

[Conv-(BN)-ReLU-(Dropout)-(MaxPool)] x M - [Affine-(BN)-ReLU-(Dropout)] x N - Affine
"""

import warnings

import torch
from torch import nn

from fer_lib.errors import FerError
from fer_lib.models.hog import Hog
from fer_lib.models.registry import register
from fer_lib.models.standardize import Standardize

# True, and no reason to worry a student: a kernel of 2x2 is padded on one side only, by a copy.
warnings.filterwarnings("ignore", message="Using padding='same' with even kernel lengths")

SIZE = 48  # height and width of every image in the course


@register("convnet")
class ConvNet(nn.Module):
    """Convolution layers, then fully connected layers; how many, and what is in each, is yours to say.

    What the paper leaves open: padding (here the map keeps its size), the dropout rates (here 0), and which kind of
    dropout a convolution layer has. Here it drops whole maps (Tompson et al. 2015, section 3.2): neighbours in a map
    are so alike that a single dropped pixel hides nothing. First weights are He et al. 2015's, section 2.2, so that
    networks without batch norm start to learn too; those of the last layer are small, so that no label is preferred.

    Parameters
    ----------
    classes : int
        Number of emotion labels.
    filters : sequence of int
        Filters of each convolution layer; its length is the number of layers.
    kernels, strides : int or sequence of int
        Side of the kernel, in pixels, and its step; one for all convolution layers, or one a layer.
    padding : "same", int, or sequence of these
        Zeros around the map, in pixels; ``"same"`` keeps the map's size and needs stride 1.
    batch_norm : bool or sequence of bool
    dropout : float or sequence of float
        Probability that a map is dropped; 0 for no dropout.
    pool : int, or sequence of int or (int, int)
        Side of the max-pooling window, 0 for none; or side and stride, for windows that overlap.
    hidden : sequence of int
        Units of each fully connected layer before the last.
    hidden_batch_norm : bool or sequence of bool
    hidden_dropout : float or sequence of float
        Probability that a unit is dropped.
    hog : bool
        Whether histograms of oriented gradients of the image join the features before the head: the paper's hybrid.

    Attributes
    ----------
    features : torch.nn.Sequential
        One `torch.nn.Sequential` a convolution layer.
    head : torch.nn.Sequential
        The fully connected layers.
    maps : list of (int, int)
        Channels and side of what each convolution layer gives, the image first.

    Raises
    ------
    FerError
        If an option does not have one value a layer or a value that cannot be, or a kernel or window is larger than its
        map with the zeros around it.

    Examples
    --------
    >>> network = ConvNet(filters=(32, 64), pool=(0, 2), hidden=(512,))
    >>> network.maps
    [(1, 48), (32, 48), (64, 24)]
    >>> network(torch.zeros(2, 1, 48, 48)).shape
    torch.Size([2, 7])
    """

    def __init__(
        self,
        classes=7,
        *,
        filters=(32, 64),
        kernels=3,
        strides=1,
        padding="same",
        batch_norm=True,
        dropout=0.0,
        pool=2,
        hidden=(512,),
        hidden_batch_norm=True,
        hidden_dropout=0.0,
        hog=False,
    ):
        super().__init__()
        self.standardize = Standardize(SIZE)
        self.features, self.maps = nn.Sequential(), [(1, SIZE)]
        options = {"kernels": kernels, "strides": strides, "padding": padding, "batch_norm": batch_norm}
        for layer in _layers("filters", filters, **options, dropout=dropout, pool=pool):
            block, shape = _convolution(*self.maps[-1], *layer)
            self.features.append(block)
            self.maps.append(shape)

        self.hog = Hog() if hog else None
        channels, side = self.maps[-1]
        units = channels * side * side + (self.hog.length(SIZE) if hog else 0)
        self.head = nn.Sequential()
        for layer in _layers("hidden", hidden, hidden_batch_norm=hidden_batch_norm, hidden_dropout=hidden_dropout):
            self.head.append(affine(units, *layer))
            units = layer[0]
        for block in (*self.features, *self.head):
            nn.init.kaiming_normal_(block[0].weight, nonlinearity="relu")
        self.head.append(nn.Linear(units, classes))
        nn.init.normal_(self.head[-1].weight, std=0.01)  # a network that knows nothing should not be sure of anything

    def forward(self, images):
        features = self.features(self.standardize(images)).flatten(1)  # [N, channels * side * side]
        if self.hog is not None:
            features = torch.cat((features, self.hog(images)), dim=1)
        return self.head(features)


def _convolution(channels, side, filters, kernel, stride, padding, norm, dropout, pool):
    """Return one convolution layer, and the channels and side of what it gives."""
    _check_pixels("kernels", kernel)
    _check_pixels("strides", stride)
    if padding == "same":
        if stride != 1:
            raise FerError(f"padding 'same' needs stride 1, found stride {stride}: give the padding in pixels")
        side_out = side
    else:
        _check_pixels("padding", padding, low=0)
        side_out = (side + 2 * padding - kernel) // stride + 1
    if side_out < 1:
        raise FerError(f"a kernel of {kernel}x{kernel} does not fit in a map of {side}x{side} padded by {padding}")
    block = [nn.Conv2d(channels, filters, kernel, stride, padding, bias=not norm)]
    block += [nn.BatchNorm2d(filters)] * norm + [nn.ReLU()] + [nn.Dropout2d(dropout)] * (dropout != 0)
    if pool:
        _check_pixels("pool", pool)
        window, step = (pool, pool) if isinstance(pool, int) else pool
        if window > side_out:
            raise FerError(f"a pooling window of {window}x{window} does not fit in a map of {side_out}x{side_out}")
        block.append(nn.MaxPool2d(window, step))
        side_out = (side_out - window) // step + 1
    return nn.Sequential(*block), (filters, side_out)


def affine(units_in, units, norm=True, dropout=0.0):
    """Return one fully connected layer with what follows it: Affine-(BN)-ReLU-(Dropout)."""
    block = [nn.Linear(units_in, units, bias=not norm)]
    block += [nn.BatchNorm1d(units)] * norm + [nn.ReLU()] + [nn.Dropout(dropout)] * (dropout != 0)
    return nn.Sequential(*block)


def check_sizes(name, sizes):
    """Refuse sizes of layers that are not whole numbers from 1 up."""
    if not isinstance(sizes, (list, tuple)) or not all(isinstance(size, int) and size > 0 for size in sizes):
        raise FerError(f"{name} is {sizes!r}, expected whole numbers from 1 up, one a layer, such as (128,)")


def _check_pixels(option, value, low=1):
    """Refuse lengths in a map that are not whole numbers from `low` up."""
    lengths = value if isinstance(value, (list, tuple)) else [value]
    if not all(type(length) is int and length >= low for length in lengths):
        raise FerError(f"{option} is {value!r}, expected whole numbers of pixels from {low} up")


def _layers(name, sizes, **options):
    """Return one tuple of options a layer, of options that have one value for all layers or one for each."""
    check_sizes(name, sizes)
    columns = [sizes]
    for option, value in options.items():
        values = value if isinstance(value, (list, tuple)) else [value] * len(sizes)
        if len(values) != len(sizes):
            raise FerError(f"{option} has {len(values)} values, {name} has {len(sizes)}: expected one value a layer")
        columns.append(values)
    return zip(*columns, strict=True)
