"""Training: a `Recipe` says what to do, the `Trainer` does it, `reproduce` writes down what came out."""

from fer_lib.train.device import choose_device
from fer_lib.train.predict import predict
from fer_lib.train.recipe import Recipe
from fer_lib.train.recipes import RECIPES, get_recipe
from fer_lib.train.reproduce import reproduce
from fer_lib.train.trainer import Trainer

__all__ = ["RECIPES", "Recipe", "Trainer", "choose_device", "get_recipe", "predict", "reproduce"]
