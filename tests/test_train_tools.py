"""What stands around the trainer: sanity checks, the range test, cross-validation, sweeps."""

import importlib
import math
import multiprocessing
from contextlib import suppress

import numpy as np
import pytest
import torch
from faces_for_tests import blobs
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.model_selection import StratifiedKFold
from torch import nn

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
    sweep,
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


# --- the range test ---------------------------------------------------------------------------------------------------


def test_rates_rise_by_the_same_factor_and_the_test_stops_where_the_loss_explodes():
    plain = {"filters": (4,), "batch_norm": False, "hidden": (8,), "hidden_batch_norm": False}
    recipe = RECIPE.changed(network="convnet", options=plain, optimizer="sgd")
    seen = rate_range(recipe, FACES, low=1e-5, high=1e4, steps=60)
    ratios = np.array(seen.rates[1:]) / seen.rates[:-1]
    np.testing.assert_allclose(ratios, ratios[0])
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


def test_the_fold_that_is_scored_does_not_say_when_to_stop(monkeypatch):
    from fer_lib.train import cross_validation

    lengths = []

    class Spy(cross_validation.Trainer):
        def fit(self, train, validation):
            super().fit(train, validation)
            lengths.append(len(self.history))
            return self

    monkeypatch.setattr(cross_validation, "Trainer", Spy)
    cross_validate(RECIPE.changed(learning_rate=1e-8, epochs=6, patience=1), FACES, count=2)
    assert lengths == [6, 6]


# --- reproduce --------------------------------------------------------------------------------------------------------


def test_reproduce_writes_a_run_whose_predictions_are_those_of_its_weights(tmp_path, monkeypatch):
    module = importlib.import_module("fer_lib.train.reproduce")  # the name stands for the function
    monkeypatch.setenv("FER_CACHE", str(tmp_path / "cache"))
    splits = FaceSplits(blobs(128), blobs(3589, 1, "validation"), blobs(3589, 2, "test"), "drawn", official=True)
    monkeypatch.setattr(module, "load", lambda *_, **__: splits)
    module.reproduce(get_recipe("greblo-fc").changed(epochs=1), folder=tmp_path, device="cpu", progress=False)
    run, model = load_run(tmp_path / "runs/greblo-fc"), load_model(tmp_path / "weights/greblo-fc.safetensors")
    for faces, logits in ((splits.validation, run.validation_logits), (splits.test, run.test_logits)):
        np.testing.assert_allclose(predict(model, faces), logits, atol=1e-2)
    assert run.metrics == official_metrics(run.validation_logits, run.test_logits)
    assert list((tmp_path / "cache/checkpoints").glob("*.pt")) == [], "it is finished: nothing to take up again"


# --- sweeps -----------------------------------------------------------------------------------------------------------

optuna = pytest.importorskip("optuna", reason="optuna is an extra")
VALIDATION = blobs(60, seed=1, split="validation")
SPACE = {"learning_rate": (1e-4, 1e-2), "options.hidden": [[8], [16]]}


def run(folder, trials, recipe=RECIPE, space=None):
    return sweep(recipe, space or {"learning_rate": (1e-4, 1e-2)}, FACES, VALIDATION, trials=trials, folder=folder)


def test_a_sweep_returns_what_it_tried_the_best_first(tmp_path):
    found = run(tmp_path, 3)
    values = [value for value, _ in found]
    assert len(found) == 3
    assert values == sorted(values, reverse=True)
    assert all(1e-4 <= tried["learning_rate"] <= 1e-2 for _, tried in found)


def test_it_goes_on_where_it_was_and_does_not_repeat_what_is_done(tmp_path):
    first = run(tmp_path, 2)
    again = run(tmp_path, 3)
    assert len(again) == 3
    assert all(entry in again for entry in first)
    assert run(tmp_path, 3) == again
    assert [file.name for file in tmp_path.glob("*.pt")] == []


class Stopped(BaseException):
    """Stands for the end of the process."""


def test_a_trial_that_was_interrupted_is_taken_up_with_the_same_values(tmp_path, monkeypatch):
    module = importlib.import_module("fer_lib.train.sweep")  # the name stands for the function
    tried = []

    class Interrupted(module.Trainer):
        def fit(self, train, validation):
            tried.append(self.recipe.learning_rate)
            if len(tried) == 1:
                raise Stopped
            return super().fit(train, validation)

    monkeypatch.setattr(module, "Trainer", Interrupted)
    with pytest.raises(Stopped):
        run(tmp_path, 2)
    found = run(tmp_path, 2)
    assert tried[1] == tried[0]
    assert len(found) == 2


def test_values_that_do_not_train_score_0_and_the_sweep_goes_on(tmp_path):
    diverges = {"learning_rate": [1e38, 1e-3]}
    found = run(tmp_path, 4, RECIPE.changed(optimizer="sgd", options={"hidden": [8]}), diverges)
    assert len(found) == 4
    assert {value for value, tried in found if tried["learning_rate"] == 1e38} <= {0.0}
    assert run(tmp_path, 4, RECIPE.changed(optimizer="sgd", options={"hidden": [8]}), diverges) == found


def test_the_same_values_are_trained_once(tmp_path, monkeypatch):
    module, trained = importlib.import_module("fer_lib.train.sweep"), []

    class Counted(module.Trainer):
        def fit(self, train, validation):
            trained.append(self.recipe.batch_size)
            return super().fit(train, validation)

    monkeypatch.setattr(module, "Trainer", Counted)
    found = run(tmp_path, 5, space={"batch_size": [32, 64]})
    assert len(found) == 5
    assert len(trained) == len(set(trained)) <= 2


def test_two_recipes_may_be_swept_in_one_folder(tmp_path):
    from filelock import FileLock

    for other in (RECIPE.changed(name="other"), RECIPE.changed(epochs=1)):
        with FileLock(tmp_path / f"test-fc-{RECIPE.fingerprint()}-0.lock"):  # as while its first trial is trained
            assert len(run(tmp_path, 1, other)) == 1


def work(folder):
    torch.set_num_threads(1)
    run(folder, 6)


def test_two_processes_share_the_work(tmp_path):
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=work, args=(tmp_path,), daemon=True) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
        assert process.exitcode == 0
    assert len(run(tmp_path, 1)) == 6


def test_values_that_cannot_be_trained_end_the_sweep_but_do_not_begin_the_next(tmp_path):
    space = {"options.hidden": [[8], [-1]]}
    for _ in range(20):
        with suppress(FerError):
            assert all(tried == {"options.hidden": [8]} for _, tried in run(tmp_path, 2, space=space))
            break
    else:
        pytest.fail("it never got past the values that fail")


def test_other_choices_need_another_folder(tmp_path):
    run(tmp_path, 1, space={"batch_size": [32, 64]})
    for other in ([32, 64, 128], (32, 64)):
        with pytest.raises(FerError, match="holds a sweep of other choices") as refused:
            run(tmp_path, 2, space={"batch_size": other})
        assert "\n" not in str(refused.value)
    assert len(run(tmp_path, 2, space={"batch_size": [32, 64]})) == 2


def test_choices_may_be_tuples(tmp_path):
    space = {"options.hidden": [(8,), (16,)]}
    run(tmp_path, 2, space=space)
    assert len(run(tmp_path, 12, space=space)) == 12  # enough for Optuna to learn from what was tried


@pytest.mark.parametrize(
    ("space", "said"),
    [
        ({"learnrate": [1]}, "a recipe has no 'learnrate'"),
        ({"learning_rate": (1, 0.1)}, r"the space of learning_rate is \(1, 0.1\), expected a list of choices or"),
        ({"batch_size": []}, r"the space of batch_size is \[\]"),
        ({"optimizer": ["adam", "lion"]}, "optimizer is 'lion', expected"),
        ({"batch_size": [16, 0]}, "batch_size is 0, expected"),
    ],
)
def test_a_space_that_makes_no_sense_is_refused_before_anything_is_trained(tmp_path, space, said):
    with pytest.raises(FerError, match=said):
        run(tmp_path / "new", 1, space=space)
    assert not (tmp_path / "new").exists()


def test_the_command_line_sweeps(tmp_path, capsys):
    from fer_lib.cli import main

    options = ["--space", "learning_rate=0.0001..0.01", "--space", "batch_size=32,64", "--trials", "1"]
    small = ["--set", "epochs=1", "--data", "synthetic", "--folder", str(tmp_path)]
    assert main(["sweep", "greblo-fc", *options, *small]) == 0
    line = capsys.readouterr().out.strip()
    assert "learning_rate=" in line
    assert "batch_size=" in line
    assert main(["sweep", "greblo-fc", "--space", "epochs", *small]) == 2
    assert "expected FIELD=A,B,C or FIELD=LOW..HIGH" in capsys.readouterr().err
