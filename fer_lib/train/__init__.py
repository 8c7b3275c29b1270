"""Training: a `Recipe` says what to do, the `Trainer` does it, `reproduce` writes down what came out."""

from fer_lib.train.cross_validation import cross_validate
from fer_lib.train.device import choose_device
from fer_lib.train.fresh import fresh_network
from fer_lib.train.predict import predict
from fer_lib.train.rate_range import rate_range
from fer_lib.train.recipe import Recipe
from fer_lib.train.recipes import RECIPES, get_recipe
from fer_lib.train.reproduce import load_official, reproduce
from fer_lib.train.sanity import check_initial_loss, overfit_subset
from fer_lib.train.sweep import sweep
from fer_lib.train.trainer import Trainer

__all__ = [
    "RECIPES",
    "Recipe",
    "Trainer",
    "check_initial_loss",
    "choose_device",
    "cross_validate",
    "fresh_network",
    "get_recipe",
    "load_official",
    "overfit_subset",
    "predict",
    "rate_range",
    "reproduce",
    "sweep",
]
