"""A run that is killed anywhere and resumed is, bit for bit, the run that was never killed."""

import hashlib
import multiprocessing
import random
import signal
import time

import pytest
import torch
from faces_for_tests import TinyNetwork, blobs

from fer_lib.augment import Augment
from fer_lib.models import register
from fer_lib.train import Recipe, Trainer

TRAIN, VALIDATION = blobs(160), blobs(40, seed=1, split="validation")
#: Dropout, batch norm, an average, augmentation, mixup, momentum, a schedule: all that has a state or draws numbers.
RECIPE = Recipe(
    "test-tiny",
    "tiny",
    epochs=3,
    batch_size=32,
    optimizer="adamw",
    schedule="one-cycle",
    average=0.9,
    label_smoothing=0.1,
    mixup=0.2,
    clip=1.0,
    augment=Augment(flip=0.5, rotation=10, scale=0.1, shift=0.1, brightness=0.1, contrast=0.1, cutout=8),
    precision="float32",
)
STEPS = 5  # an epoch
#: Long enough to be killed five times.
LONG = RECIPE.changed(epochs=20)


class Killed(BaseException):
    """Stands for the end of the process."""


def run(recipe, path=None, kill_at=None, **options):
    """Train, and be killed at step `kill_at`, counted from the beginning of this process."""
    trainer = Trainer(recipe, checkpoint=path, checkpoint_every=0, progress=False, **options)
    step, taken = trainer._step, []

    def counted(*arguments):
        if len(taken) == kill_at:
            raise Killed
        taken.append(1)
        step(*arguments)

    trainer._step = counted
    return trainer.fit(TRAIN, VALIDATION)


def content(trainer):
    """All that came out, but for the time it took."""
    history = [{name: value for name, value in entry.items() if name != "seconds"} for entry in trainer.history]
    return {name: tensor.tolist() for name, tensor in trainer.model.state_dict().items()}, history


@pytest.mark.parametrize("kill_at", [0, 1, STEPS - 1, STEPS, STEPS + 2, 3 * STEPS - 1])
def test_a_run_killed_at_any_step_ends_as_if_it_had_never_been(tiny, tmp_path, kill_at):
    with pytest.raises(Killed):
        run(RECIPE, tmp_path / "run.pt", kill_at)
    assert content(run(RECIPE, tmp_path / "run.pt")) == content(run(RECIPE))


def test_a_run_killed_at_every_step_ends_as_if_it_had_never_been(tiny, tmp_path):
    for _ in range(3 * STEPS - 1):
        with pytest.raises(Killed):
            run(RECIPE, tmp_path / "run.pt", kill_at=1)
    assert content(run(RECIPE, tmp_path / "run.pt")) == content(run(RECIPE))


def test_a_run_killed_while_it_validates_ends_as_if_it_had_never_been(tiny, tmp_path, monkeypatch):
    def killed(*_):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "predict", killed)
        with pytest.raises(Killed):
            run(RECIPE, tmp_path / "run.pt")
    assert content(run(RECIPE, tmp_path / "run.pt")) == content(run(RECIPE))


@pytest.mark.parametrize(
    "changes",
    [
        {"optimizer": "sgd"},
        {"optimizer": "adam"},
        {"precision": "bfloat16"},
        {"precision": "float16"},
        {"average": 0.0},
    ],
    ids=str,
)
def test_every_optimizer_and_number_format_can_be_resumed(tiny, tmp_path, changes):
    recipe = RECIPE.changed(**changes)
    with pytest.raises(Killed):
        run(recipe, tmp_path / "run.pt", kill_at=STEPS + 2)
    assert content(run(recipe, tmp_path / "run.pt")) == content(run(recipe))


def test_a_resumed_run_says_where_it_goes_on(tiny, tmp_path, caplog):
    with pytest.raises(Killed):
        run(RECIPE, tmp_path / "run.pt", kill_at=STEPS + 2)
    caplog.set_level("INFO")
    run(RECIPE, tmp_path / "run.pt")
    assert "test-tiny: resumed after 1 epochs and 2 steps" in caplog.text


def test_a_resumed_run_keeps_the_precision_that_was_chosen(tiny, tmp_path, monkeypatch):
    recipe = RECIPE.changed(precision="auto")
    monkeypatch.setattr("fer_lib.train.state.fastest", lambda *_: "bfloat16")
    with pytest.raises(Killed):
        run(recipe, tmp_path / "run.pt", kill_at=2)
    monkeypatch.setattr("fer_lib.train.state.fastest", lambda *_: pytest.fail("chosen again"))
    assert run(recipe, tmp_path / "run.pt").precision == "bfloat16"


# --- the real thing: kill -9 ------------------------------------------------------------------------------------------

PROCESSES = multiprocessing.get_context("forkserver")  # imports PyTorch once; then a process starts in milliseconds
PROCESSES.set_forkserver_preload(["torch", "fer_lib.train"])


def train_in_a_process(checkpoint, result, threads):
    """What the killed process does: train, then write down a hash of all weights."""
    torch.set_num_threads(threads)
    register("tiny")(TinyNetwork)
    result.write_text(weights_hash(run(LONG, checkpoint).model))


def weights_hash(model):
    sha = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        sha.update(name.encode() + tensor.numpy().tobytes())
    return sha.hexdigest()


def saved_at(path):
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:  # nothing yet, or a save is between its two renames
        return 0


def test_a_process_killed_by_signal_9_ends_with_the_same_weights(tiny, tmp_path):
    path, result = tmp_path / "run.pt", tmp_path / "hash"
    arguments = (path, result, torch.get_num_threads())
    kills = 0
    for _ in range(5):
        before = saved_at(path)
        process = PROCESSES.Process(target=train_in_a_process, args=arguments)
        process.start()
        while saved_at(path) == before and process.is_alive():  # so that each of them gets a step further
            time.sleep(0.001)
        time.sleep(random.uniform(0, 0.05))
        process.kill()
        process.join()
        assert process.exitcode in (0, -signal.SIGKILL), "it failed by itself: see its traceback in stderr"
        kills += process.exitcode != 0
    assert kills, "each of them had ended before it was killed"
    process = PROCESSES.Process(target=train_in_a_process, args=arguments)
    process.start()
    process.join(300)
    assert process.exitcode == 0, "it failed (see its traceback in stderr), or hangs if this is None"
    assert result.read_text() == weights_hash(run(LONG).model)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["hash", "run.older.pt", "run.pt", "run.pt.lock"], (
        "and no half of a file"
    )
