"""A recipe holds what decides a run, refuses what it cannot mean, and stands for itself as text."""

import dataclasses
import json
import math

import pytest
import torch

from fer_lib.augment import Augment
from fer_lib.errors import FerError
from fer_lib.models import create_model, list_models
from fer_lib.train import RECIPES, Recipe, get_recipe
from fer_lib.train.schedule import learning_rate

RECIPE = Recipe("mine", "fully-connected", options={"hidden": (64,)}, augment=Augment(flip=0.5, cutout=8))

#: For each field another value than that of `RECIPE`.
OTHER = {
    "name": "yours",
    "network": "other",
    "options": {"hidden": (32,)},
    "labels": "majority",
    "epochs": 31,
    "batch_size": 64,
    "optimizer": "sgd",
    "learning_rate": 0.01,
    "weight_decay": 0.1,
    "schedule": "cosine",
    "warmup": 0.1,
    "clip": 1.0,
    "label_smoothing": 0.1,
    "class_weights": (1, 2, 3, 4, 5, 6, 7),
    "mixup": 0.2,
    "average": 0.99,
    "patience": 5,
    "stages": (3, 6),
    "augment": Augment(flip=0.5),
    "precision": "float32",
    "seed": 1,
}


def test_every_field_has_another_value_in_these_tests():
    assert set(OTHER) == {field.name for field in dataclasses.fields(Recipe)}


@pytest.mark.parametrize("field", OTHER)
def test_the_fingerprint_stands_for_every_field_but_the_name(field):
    changed = RECIPE.changed(**{field: OTHER[field]})
    assert getattr(changed, field) == OTHER[field]
    assert (changed.fingerprint() == RECIPE.fingerprint()) == (field == "name")


def test_the_fingerprint_is_the_same_in_every_process():
    assert Recipe("mine", "fully-connected").fingerprint() == "8b374edc9d2ce980"


def test_a_recipe_comes_back_from_json():
    again = Recipe.from_dict(json.loads(json.dumps(RECIPE.to_dict())))
    assert again.to_dict() == RECIPE.to_dict()
    assert again.fingerprint() == RECIPE.fingerprint()
    assert again.augment == RECIPE.augment


def test_a_recipe_cannot_be_changed_behind_your_back():
    with pytest.raises(dataclasses.FrozenInstanceError):
        RECIPE.seed = 3
    assert RECIPE.changed(seed=3).seed == 3
    assert RECIPE.seed == 0


def test_an_unknown_field_is_named_with_those_there_are():
    with pytest.raises(FerError, match=r"a recipe has no 'learnrate'; it has name, network, .*learning_rate"):
        RECIPE.changed(learnrate=1)


def test_one_option_of_the_network_or_one_change_of_the_images_leaves_the_others():
    recipe = RECIPE.changed(options={"filters": (8,), "hidden": ()}, augment=Augment(flip=0.5))
    dotted = {"options.hidden": [8], "options.dropout": 0.2, "augment.shift": 0.1, "seed": 3}
    recipe = recipe.changed(**dotted)
    assert recipe.options == {"filters": (8,), "hidden": [8], "dropout": 0.2}
    assert recipe.augment == Augment(flip=0.5, shift=0.1)
    assert recipe.seed == 3


def test_an_unknown_change_of_the_images_is_one_line():
    with pytest.raises(FerError, match=r"augment is .*'flop': 1.*, expected the fields of Augment"):
        RECIPE.changed(**{"augment.flop": 1})


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("name", "../up"),
        ("name", ""),
        ("name", 5),
        ("network", 5),
        ("options", 5),
        ("options", {"classes": 8}),
        ("labels", "fer+"),
        ("epochs", 0),
        ("epochs", 2.5),
        ("epochs", "5"),
        ("epochs", True),
        ("batch_size", -1),
        ("optimizer", "Adam"),
        ("optimizer", ["sgd"]),
        ("learning_rate", -1e-3),
        ("learning_rate", math.nan),
        ("learning_rate", math.inf),
        ("learning_rate", "fast"),
        ("weight_decay", None),
        ("schedule", "zigzag"),
        ("warmup", 1),
        ("clip", -1),
        ("class_weights", (1, 0, 1, 1, 1, 1, 1)),
        ("class_weights", 3),
        ("mixup", -0.1),
        ("patience", 2.5),
        ("stages", (6, 3)),
        ("stages", (0,)),
        ("label_smoothing", 1),
        ("average", 1.0),
        ("augment", "flip"),
        ("precision", "float64"),
        ("seed", -1),
        ("seed", 0.5),
    ],
)
def test_a_field_that_holds_what_it_cannot_is_named(field, wrong):
    with pytest.raises(FerError, match=f"{field} is .*, expected ") as refused:
        RECIPE.changed(**{field: wrong})
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("name", RECIPES)
def test_every_published_recipe_can_be_made_and_found(name):
    recipe = get_recipe(name)
    assert recipe.name == name
    assert recipe.network in list_models()
    if recipe.network == "transfer":
        pytest.importorskip("torchvision", reason="torchvision is an extra")
    fixed = {"imagenet": False} if recipe.network == "transfer" else {}
    with torch.device("meta"):  # shapes without numbers: fast
        network = create_model(recipe.network, **{**recipe.options, **fixed})
    assert not recipe.stages or hasattr(network, "free")


def test_a_recipe_that_is_not_published_is_answered_with_those_that_are():
    with pytest.raises(FerError, match=r"no recipe is called 'greblo'; known are: .*greblo-fc"):
        get_recipe("greblo")


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ("constant", {0: 1, 0.5: 1, 1: 1}),
        ("step", {0: 1, 0.49: 1, 0.5: 0.1, 0.74: 0.1, 0.75: 0.01, 1: 0.01}),
        ("cosine", {0: 1, 1 / 3: 0.75, 0.5: 0.5, 1: 0}),
        ("one-cycle", {0: 0, 0.125: 0.5, 0.25: 1, 0.625: 0.5, 1: 0}),
    ],
)
def test_the_learning_rate_follows_its_schedule(schedule, expected):
    recipe = RECIPE.changed(schedule=schedule, learning_rate=0.2)
    for progress, share in expected.items():
        assert learning_rate(recipe, progress) == pytest.approx(0.2 * share, abs=1e-12)


def test_a_rate_on_a_plateau_is_halved_after_five_epochs_without_a_better_one():
    recipe = RECIPE.changed(schedule="plateau", learning_rate=0.2)
    history = [{"validation_accuracy": value} for value in (0.5, 0.6, 0.6, 0.59, 0.5, 0.6, 0.55, 0.61, 0.6)]
    assert [learning_rate(recipe, 0.5, history[:done]) for done in (0, 2, 6, 7, 9)] == [0.2, 0.2, 0.2, 0.1, 0.1]


@pytest.mark.parametrize("schedule", ["constant", "cosine"])
def test_warm_up_rises_to_what_the_schedule_says(schedule):
    cold, warm = (RECIPE.changed(schedule=schedule, warmup=warmup) for warmup in (0, 0.2))
    for progress in (0, 0.1, 0.2, 0.7):
        share = min(1, progress / 0.2)
        assert learning_rate(warm, progress) == pytest.approx(share * learning_rate(cold, progress))
