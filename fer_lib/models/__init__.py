"""The networks: images float32 [N, 1, 48, 48] with grey values from 0 to 1 go in, logits [N, classes] come out."""

from fer_lib.models import papers  # noqa: F401, which registers its networks
from fer_lib.models.convnet import ConvNet
from fer_lib.models.filters import first_filters
from fer_lib.models.fully_connected import FullyConnected
from fer_lib.models.nearest_neighbour import NearestNeighbour
from fer_lib.models.registry import create_model, list_models, register
from fer_lib.models.residual import ResidualBlock, ResidualNet
from fer_lib.models.standardize import Standardize
from fer_lib.models.summary import Layer, summary
from fer_lib.models.transfer import TransferNet, fold_to_grey
from fer_lib.models.watch import watch
from fer_lib.models.weights import load_model, round_weights, save_weights

__all__ = [
    "ConvNet",
    "FullyConnected",
    "Layer",
    "NearestNeighbour",
    "ResidualBlock",
    "ResidualNet",
    "Standardize",
    "TransferNet",
    "create_model",
    "first_filters",
    "fold_to_grey",
    "list_models",
    "load_model",
    "register",
    "round_weights",
    "save_weights",
    "summary",
    "watch",
]
