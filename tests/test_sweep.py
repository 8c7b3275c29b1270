"""Sweeps: stopped, resumed, shared by processes."""

import importlib
import multiprocessing

import pytest
import torch
from faces_for_tests import Stopped, blobs, stopped_after

pytest.importorskip("optuna", reason="optuna is an extra")

from fer_lib.errors import CheckpointError, FerError
from fer_lib.train import Recipe, sweep

FACES, VALIDATION = blobs(200), blobs(60, seed=1, split="validation")
RECIPE = Recipe("test-fc", "fully-connected", epochs=2, batch_size=32, precision="float32")


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


def first_trial_ends_with(error, monkeypatch):
    """Let the training of a sweep's first trial raise `error`; return the list that gets the rate of each trial."""
    module, tried = importlib.import_module("fer_lib.train.sweep"), []  # the name stands for the function

    class EndsOnce(module.Trainer):
        def fit(self, train, validation):
            tried.append(self.recipe.learning_rate)
            if len(tried) == 1:
                raise error
            return super().fit(train, validation)

    monkeypatch.setattr(module, "Trainer", EndsOnce)
    return tried


def test_a_trial_that_was_interrupted_is_taken_up_with_the_same_values(tmp_path, monkeypatch):
    tried = first_trial_ends_with(Stopped(), monkeypatch)
    with pytest.raises(Stopped):
        run(tmp_path, 2)
    assert len(run(tmp_path, 2)) == 2
    assert tried[1] == tried[0]


def test_a_trial_goes_on_at_the_step_where_it_was_stopped(tmp_path, monkeypatch):
    module, steps = importlib.import_module("fer_lib.train.sweep"), []
    monkeypatch.setattr(module, "Trainer", stopped_after(module.Trainer, 8, steps))
    with pytest.raises(Stopped):
        run(tmp_path, 1)
    assert len(run(tmp_path, 1)) == 1
    assert len(steps) == 12, "two epochs of six: 8 before it was stopped, 4 after"


def test_values_that_do_not_train_score_0_and_the_sweep_goes_on(tmp_path):
    recipe, diverges = RECIPE.changed(optimizer="sgd", options={"hidden": [8]}), {"learning_rate": [1e38]}
    found = run(tmp_path, 2, recipe, diverges)
    assert found == [(0.0, {"learning_rate": 1e38})] * 2
    assert run(tmp_path, 2, recipe, diverges) == found


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
        with FileLock(tmp_path / f"{search(RECIPE)}-0.lock"):  # as while its first trial is trained
            assert len(run(tmp_path, 1, other)) == 1


def test_other_data_in_the_same_folder_is_another_sweep(tmp_path, monkeypatch):
    first = run(tmp_path, 2)
    monkeypatch.setattr("test_sweep.VALIDATION", blobs(60, seed=2, split="validation"))
    assert run(tmp_path, 2) != first
    monkeypatch.undo()
    assert run(tmp_path, 2) == first


def test_a_trial_whose_checkpoint_cannot_be_saved_is_taken_up_again(tmp_path, monkeypatch):
    tried = first_trial_ends_with(CheckpointError("run.pt: cannot be saved"), monkeypatch)
    with pytest.raises(CheckpointError):
        run(tmp_path, 1)
    assert len(run(tmp_path, 1)) == 1
    assert tried[1] == tried[0]


def search(recipe):
    """What the files of its sweep are called."""
    return f"{recipe.name}-{recipe.fingerprint()}-{FACES.digest()}-{VALIDATION.digest()}"


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
        assert process.exitcode == 0, "see the traceback of one of them in stderr; None: it waited 120 s for the other"
    assert len(run(tmp_path, 1)) == 6


def test_values_that_cannot_be_trained_end_the_sweep_but_do_not_begin_the_next(tmp_path, monkeypatch):
    tried = first_trial_ends_with(FerError("a batch does not fit"), monkeypatch)
    with pytest.raises(FerError, match="a batch does not fit"):
        run(tmp_path, 1)
    assert len(run(tmp_path, 1)) == 1
    assert tried[1] != tried[0]


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


def test_workers_of_one_run_are_no_sweep(tmp_path, monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(FerError, match="start it several times, without torchrun"):
        run(tmp_path / "new", 1)
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
