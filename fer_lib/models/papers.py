"""The papers' networks that are members of the `ConvNet` family: each a name for a set of options.

Every function takes what `ConvNet` takes, so any option can be changed: ``create_model("greblo-deep", hidden=(128,))``.
"""

from fer_lib.models.convnet import ConvNet
from fer_lib.models.fully_connected import FullyConnected
from fer_lib.models.registry import register

# Greblo 2025, section 3: one layer on the pixels.
register("greblo-fc")(FullyConnected)


@register("alizadeh-shallow")
def alizadeh_shallow(classes=7, **options):
    """Two convolution layers and one hidden layer. Alizadeh & Fazel 2017, section 5.1.

    Open in the paper: padding, and the dropout rates. Here maps keep their size, 5 % of the maps and half of the units
    are dropped: with 36,864 features, most of the weights are in the hidden layer, and so is the overfitting.

    Examples
    --------
    >>> alizadeh_shallow().maps
    [(1, 48), (32, 48), (64, 24)]
    """
    return ConvNet(classes, **{**_SHALLOW, **options})


@register("greblo-shallow")
def greblo_shallow(classes=7, **options):
    """The same with a kernel of 5x5 in the second layer. Greblo 2025, section 4."""
    return ConvNet(classes, **{**_SHALLOW, "kernels": (3, 5), **options})


@register("alizadeh-deep")
def alizadeh_deep(classes=7, **options):
    """Four convolution layers and two hidden layers. Alizadeh & Fazel 2017, section 5.1.

    Open in the paper: padding, and the dropout rates. Here maps keep their size, 10 % of the maps and 30 % of the units
    are dropped.

    Examples
    --------
    >>> alizadeh_deep().maps
    [(1, 48), (64, 24), (128, 12), (512, 6), (512, 3)]
    """
    return ConvNet(classes, **{**_DEEP, **options})


# Greblo 2025, section 4: the same network.
register("greblo-deep")(alizadeh_deep)


@register("greblo-deeper")
def greblo_deeper(classes=7, **options):
    """One more convolution layer, of 256 3x3 filters. Greblo 2025, section 4.

    Open in the paper: where the layer stands. Here in the middle, so that the number of filters never falls.

    Examples
    --------
    >>> greblo_deeper().maps
    [(1, 48), (64, 24), (128, 12), (256, 6), (512, 3), (512, 1)]
    """
    five = {"filters": (64, 128, 256, 512, 512), "kernels": (3, 5, 3, 3, 3)}
    return ConvNet(classes, **{**_DEEP, **five, **options})


@register("alizadeh-six-conv")
def alizadeh_six_conv(classes=7, **options):
    """Six convolution layers: the paper says no more than that it did not help. Alizadeh & Fazel 2017, section 5.1.

    Here a second layer of 256 filters, and no pooling after the first of the two, as a map can be halved five times.
    """
    six = {"filters": (64, 128, 256, 256, 512, 512), "kernels": (3, 5, 3, 3, 3, 3), "pool": (2, 2, 0, 2, 2, 2)}
    return ConvNet(classes, **{**_DEEP, **six, **options})


@register("alizadeh-hybrid-shallow")
def alizadeh_hybrid_shallow(classes=7, **options):
    """The shallow network with HOG features beside its own. Alizadeh & Fazel 2017, section 5.1."""
    return ConvNet(classes, **{**_SHALLOW, "hog": True, **options})


@register("alizadeh-hybrid-deep")
def alizadeh_hybrid_deep(classes=7, **options):
    """The deep network with HOG features beside its own. Alizadeh & Fazel 2017, section 5.1."""
    return ConvNet(classes, **{**_DEEP, "hog": True, **options})


@register("ieee-six-conv")
def ieee_six_conv(classes=7, **options):
    """Six convolution layers in pairs, three poolings that overlap. Singh & Nasoz 2020, section IV.C.

    Open in the paper: filters, kernels, padding, the units of the dense layer, and where the two dropouts stand. These
    here give the 1.2 million parameters that it prints.

    Examples
    --------
    >>> network = ieee_six_conv()
    >>> network.maps
    [(1, 48), (64, 46), (64, 21), (128, 19), (128, 8), (256, 6), (256, 2)]
    >>> sum(weights.numel() for weights in network.parameters())
    1210311
    """
    paper = {
        "filters": (64, 64, 128, 128, 256, 256),
        "padding": 0,
        "batch_norm": False,
        "dropout": (0, 0, 0, 0.2, 0, 0.2),
        "pool": (0, (3, 2), 0, (3, 2), 0, (2, 2)),
        "hidden": (64,),
        "hidden_batch_norm": False,
    }
    return ConvNet(classes, **{**paper, **options})


@register("salimov-small")
def salimov_small(classes=7, layers=6, kernel=2, **options):
    """Small kernels and doubling filters; `layers` and `kernel` make the other networks of the search. Salimov & Yoo
    2021, section IV and table 3.

    Open in the paper: padding, and what a seventh layer does when the map is one pixel. Here maps keep their size and
    are pooled as long as they can be halved. 'Same' padding is what gives the 3.8 million parameters it prints.

    Parameters
    ----------
    classes : int
    layers : int
        Convolution layers, 2 to 7 in the paper. Each has twice the filters of the one before, the first 32.
    kernel : int
        Side of all kernels, 2 to 5 in the paper.
    **options
        As for `ConvNet`.

    Examples
    --------
    >>> network = salimov_small()
    >>> network.maps
    [(1, 48), (32, 48), (64, 24), (128, 12), (256, 6), (512, 3), (1024, 1)]
    >>> sum(weights.numel() for weights in network.parameters())
    3849319
    """
    paper = {
        "filters": [32 * 2**number for number in range(layers)],
        "kernels": kernel,
        "batch_norm": False,
        "pool": [0, 2, 2, 2, 2, 2, 0][:layers],
        "hidden": (512, 512, 512),
        "hidden_batch_norm": False,
    }
    return ConvNet(classes, **{**paper, **options})


@register("resnet2025-vanilla")
def resnet2025_vanilla(classes=7, **options):
    """Convolution, batch norm and max-pooling. Hua et al. 2025, section 3.

    The paper gives no layer of it. Here one and then three pairs of convolution layers, and the hidden layers that the
    paper gives its third network (section 2.3).

    Examples
    --------
    >>> resnet2025_vanilla().maps[1:]
    [(32, 24), (64, 24), (64, 12), (128, 12), (128, 6), (256, 6), (256, 3)]
    """
    paper = {
        "filters": (32, 64, 64, 128, 128, 256, 256),
        "pool": (2, 0, 2, 0, 2, 0, 2),
        "hidden": (128, 64),
        "hidden_dropout": 0.3,
    }
    return ConvNet(classes, **{**paper, **options})


_SHALLOW = {"filters": (32, 64), "pool": (0, 2), "dropout": 0.05, "hidden": (512,), "hidden_dropout": 0.5}
_DEEP = {
    "filters": (64, 128, 512, 512),
    "kernels": (3, 5, 3, 3),
    "dropout": 0.1,
    "hidden": (256, 512),
    "hidden_dropout": 0.3,
}
