"""The networks: images float32 [N, 1, 48, 48] with grey values from 0 to 1 go in, logits [N, classes] come out."""

from fer_lib.models.fully_connected import FullyConnected
from fer_lib.models.nearest_neighbour import NearestNeighbour
from fer_lib.models.registry import create_model, list_models, register
from fer_lib.models.standardize import Standardize
from fer_lib.models.weights import load_model, save_weights

__all__ = [
    "FullyConnected",
    "NearestNeighbour",
    "Standardize",
    "create_model",
    "list_models",
    "load_model",
    "register",
    "save_weights",
]
