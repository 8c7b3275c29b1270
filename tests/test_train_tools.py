"""What stands around the trainer: sanity checks, the range test, cross-validation, reproduction."""

import importlib
import math

import numpy as np
import pytest
import torch
from faces_for_tests import Stopped, blobs, stopped_after
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.model_selection import StratifiedKFold
from torch import nn

from fer_lib.augment import Augment
from fer_lib.data import FaceSplits
from fer_lib.errors import FerError
from fer_lib.models import load_model, registry
from fer_lib.runs import load_run, official_metrics
from fer_lib.train import (
    Recipe,
    check_initial_loss,
    cross_validate,
    get_recipe,
    overfit_subset,
    predict,
    rate_range,
)
from fer_lib.train.cross_validation import folds

FACES = blobs(200)
RECIPE = Recipe("test-fc", "fully-connected", epochs=2, batch_size=32, precision="float32")


@pytest.fixture
def network(monkeypatch):
    """Return a function that registers a network class under a name for one test, and gives a recipe of it."""

    def recipe_of(cls):
        monkeypatch.setitem(registry._NETWORKS, "planted", cls)
        return RECIPE.changed(network="planted")

    return recipe_of


# --- the papers' two checks -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["fully-connected", "greblo-deep", "ieee-six-conv", "salimov-small"])
def test_a_fresh_network_prefers_no_label(name):
    found = check_initial_loss(RECIPE.changed(network=name), FACES)
    assert found.expected == math.log(7)
    assert found.fine, found


class TooSure(nn.Sequential):
    def __init__(self, classes=7):
        super().__init__(nn.Flatten(), nn.Linear(48 * 48, classes))
        nn.init.normal_(self[1].weight, std=1.0)


class Numb(nn.Module):
    """A planted mistake: the images are lost on the way."""

    def __init__(self, classes=7):
        super().__init__()
        self.head = nn.Linear(48 * 48, classes)

    def forward(self, images):
        return self.head(torch.zeros_like(images).flatten(1))


def test_weights_that_are_too_large_are_noticed(network):
    assert not check_initial_loss(network(TooSure), FACES).fine


def test_the_check_leaves_the_callers_random_numbers_alone():
    torch.manual_seed(1)
    expected = torch.rand(3)
    torch.manual_seed(1)
    check_initial_loss(RECIPE, FACES)
    overfit_subset(RECIPE, FACES, count=8, epochs=1)
    assert torch.equal(torch.rand(3), expected)


def test_a_sound_network_learns_a_few_faces_by_heart(tiny):
    assert overfit_subset(RECIPE.changed(network=tiny, learning_rate=5e-3), FACES, count=32) > 0.95


def test_one_that_does_not_see_the_images_cannot(network):
    assert overfit_subset(network(Numb), FACES, count=32, epochs=20) < 0.5


def test_what_hinders_learning_by_heart_is_switched_off(monkeypatch):
    module, seen = importlib.import_module("fer_lib.train.sanity"), []

    class Spy(module.Trainer):
        def fit(self, train, validation):
            seen.append(self.recipe)
            return super().fit(train, validation)

    monkeypatch.setattr(module, "Trainer", Spy)
    hinders = {"augment": Augment(flip=0.5), "weight_decay": 1.0, "label_smoothing": 0.3, "mixup": 0.5}
    overfit_subset(RECIPE.changed(**hinders, average=0.999, patience=1), FACES, count=8, epochs=1)
    assert seen == [RECIPE.changed(epochs=1, batch_size=8)]


# --- the range test ---------------------------------------------------------------------------------------------------


def test_rates_rise_by_the_same_factor_and_the_test_stops_where_the_loss_explodes():
    plain = {"filters": (4,), "batch_norm": False, "hidden": (8,), "hidden_batch_norm": False}
    recipe = RECIPE.changed(network="convnet", options=plain, optimizer="sgd")
    seen = rate_range(recipe, FACES, low=1e-5, high=1e4, steps=60)
    ratios = np.array(seen.rates[1:]) / seen.rates[:-1]
    np.testing.assert_allclose(ratios, (1e4 / 1e-5) ** (1 / 59))
    assert seen.rates[0] == 1e-5
    assert len(seen.rates) < 60
    assert all(map(math.isfinite, seen.losses))


def test_the_suggested_rate_trains_and_one_a_hundred_thousand_times_larger_does_not():
    recipe = RECIPE.changed(optimizer="sgd", epochs=5)
    suggested = rate_range(recipe, FACES, low=1e-6, high=10.0, steps=60).suggested
    scores = {}
    for rate in (suggested, suggested * 1e-5):
        scores[rate] = np.mean([s.value for s in cross_validate(recipe.changed(learning_rate=rate), FACES, count=2)])
    assert scores[suggested] > scores[suggested * 1e-5] + 0.1


def test_a_range_of_one_step_is_a_range():
    assert rate_range(RECIPE, FACES, low=1e-3, steps=1).rates == [1e-3]


class Broken(nn.Module):
    """Gives no numbers from the first step on."""

    def __init__(self, classes=7):
        super().__init__()
        self.head = nn.Linear(48 * 48, classes)

    def forward(self, images):
        return self.head(images.flatten(1)) * torch.nan


def test_a_loss_that_is_no_number_at_the_lowest_rate_is_said(network):
    with pytest.raises(FerError, match="the loss is not a number at the lowest rate, 1e-06"):
        rate_range(network(Broken), FACES)


# --- cross-validation -------------------------------------------------------------------------------------------------


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 6), min_size=10, max_size=200), st.integers(2, 5), st.integers(0, 9))
def test_folds_are_equally_large_and_share_out_every_label(labels, count, seed):
    labels = np.array(labels)
    part = folds(labels, count, seed)
    sizes = np.bincount(part, minlength=count)
    assert sizes.max() - sizes.min() <= 1
    for label in np.unique(labels):
        of_label = np.bincount(part[labels == label], minlength=count)
        assert of_label.max() - of_label.min() <= 1


def test_folds_are_as_even_as_scikit_learns():
    ours = folds(FACES.labels, 5)
    theirs = [len(test) for _, test in StratifiedKFold(5).split(FACES.images, FACES.labels)]
    assert sorted(np.bincount(ours)) == sorted(theirs)


def test_every_face_is_scored_once_by_a_model_that_has_not_seen_it(monkeypatch):
    from fer_lib.train import cross_validation

    seen = []

    class Spy(cross_validation.Trainer):
        def fit(self, train, validation):
            seen.append((set(train.rows), set(validation.rows)))
            return super().fit(train, validation)

    monkeypatch.setattr(cross_validation, "Trainer", Spy)
    scores = cross_validate(RECIPE, FACES, count=4)
    assert sum(score.n for score in scores) == len(FACES)
    assert set().union(*(fold for _, fold in seen)) == set(range(len(FACES)))
    assert all(not train & fold for train, fold in seen)


def test_copies_of_an_image_lie_in_one_fold(monkeypatch):
    from fer_lib.train import cross_validation

    copies, seen = FACES[np.repeat(np.arange(40), 3)], []

    class Spy(cross_validation.Trainer):
        def fit(self, train, validation):
            seen.append([{image.tobytes() for image in part.images} for part in (train, validation)])
            return super().fit(train, validation)

    monkeypatch.setattr(cross_validation, "Trainer", Spy)
    scores = cross_validate(RECIPE, copies, count=4)
    assert sum(score.n for score in scores) == len(copies)
    assert not any(rest & fold for rest, fold in seen)


@pytest.mark.parametrize("count", [0, 1, 201])
def test_a_number_of_folds_that_makes_no_sense_is_refused(count):
    with pytest.raises(FerError, match=f"count is {count}, expected 2 to 200 folds"):
        cross_validate(RECIPE, FACES, count=count)


def test_one_image_is_too_few_for_batch_norm_in_the_range_test():
    with pytest.raises(FerError, match="batch norm compares the images of a batch"):
        rate_range(RECIPE.changed(network="greblo-deep", batch_size=1), FACES)


def test_the_fold_that_is_scored_does_not_say_when_to_stop(monkeypatch):
    from fer_lib.train import cross_validation

    lengths = []

    class Spy(cross_validation.Trainer):
        def fit(self, train, validation):
            super().fit(train, validation)
            lengths.append(len(self.history))
            self._state.best = {**self.best, "validation_accuracy": 1.0}  # as if an earlier epoch had been better
            return self

    monkeypatch.setattr(cross_validation, "Trainer", Spy)
    scores = cross_validate(RECIPE.changed(learning_rate=1e-8, epochs=6, patience=1), FACES, count=2)
    assert lengths == [6, 6]
    assert all(score.value < 1 for score in scores), "the score is that of the last epoch"


# --- reproduce --------------------------------------------------------------------------------------------------------


@pytest.fixture
def official(tmp_path, monkeypatch):
    """The module of `reproduce`, which finds drawn faces that pass for the official parts; and these faces."""
    module = importlib.import_module("fer_lib.train.reproduce")  # the name stands for the function
    monkeypatch.setenv("FER_CACHE", str(tmp_path / "cache"))
    splits = FaceSplits(blobs(128), blobs(3589, 1, "validation"), blobs(3589, 2, "test"), "drawn", official=True)
    monkeypatch.setattr(module, "load", lambda *_, **__: splits)
    return module, splits


def test_reproduce_writes_a_run_whose_predictions_are_those_of_its_weights(tmp_path, official):
    module, splits = official
    module.reproduce(get_recipe("greblo-fc").changed(epochs=1), folder=tmp_path, device="cpu", progress=False)
    run, model = load_run(tmp_path / "runs/greblo-fc"), load_model(tmp_path / "weights/greblo-fc.safetensors")
    for faces, logits in ((splits.validation, run.validation_logits), (splits.test, run.test_logits)):
        np.testing.assert_array_equal(predict(model, faces).astype(np.float16), logits)
    assert run.metrics == official_metrics(run.validation_logits, run.test_logits)
    assert list((tmp_path / "cache/checkpoints").glob("*.pt")) == [], "it is finished: nothing to take up again"


def test_an_older_run_does_not_stand_beside_new_weights(tmp_path, official, monkeypatch):
    module, _ = official
    places = {"folder": tmp_path, "device": "cpu", "progress": False}
    module.reproduce(get_recipe("greblo-fc").changed(epochs=1), **places)

    def stop(*_):
        raise Stopped

    monkeypatch.setattr(module.Run, "save", stop)
    with pytest.raises(Stopped):
        module.reproduce(get_recipe("greblo-fc").changed(epochs=2), **places)
    assert not (tmp_path / "runs/greblo-fc/run.json").exists()


def test_a_reproduction_that_was_stopped_goes_on_where_it_was(tmp_path, official, monkeypatch):
    (module, _), steps = official, []
    monkeypatch.setattr(module, "Trainer", stopped_after(module.Trainer, 3, steps))
    recipe = get_recipe("greblo-fc").changed(epochs=5, precision="float32")  # a step an epoch
    places = {"folder": tmp_path, "device": "cpu", "progress": False}
    with pytest.raises(Stopped):
        module.reproduce(recipe, **places)
    assert not (tmp_path / "runs").exists()
    assert len(module.reproduce(recipe, **places).history) == 5
    assert len(steps) == 5, "3 before it was stopped, 2 after"
