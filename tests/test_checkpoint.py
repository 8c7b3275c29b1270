"""Of a run's state one good copy always exists, and nothing else is ever taken for it."""

import errno
import logging
import os
import pickle
import resource
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from faces_for_tests import blobs

from fer_lib.augment import Augment
from fer_lib.errors import CheckpointError
from fer_lib.train import Recipe, Trainer
from fer_lib.train.checkpoint import delete_checkpoint, in_use, load_checkpoint, save_checkpoint
from fer_lib.train.workers import Workers

TRAIN, VALIDATION = blobs(160), blobs(40, seed=1, split="validation")
RECIPE = Recipe("test", "fully-connected", epochs=2, batch_size=32, precision="float32")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.pt"


@pytest.fixture
def older(tmp_path):
    return tmp_path / "run.older.pt"


@pytest.fixture
def saved_twice(path, older):
    """A checkpoint of number 2, and the one before it, of number 1."""
    for number in (1, 2):
        save_checkpoint(path, {"number": number, "weights": torch.full((1000,), float(number))})
    assert older.exists()
    return path


def files(folder):
    return sorted(file.name for file in folder.iterdir())


def cut(path, share=0.5):
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])


# --- two files, one of them always good -------------------------------------------------------------------------------


def test_checkpoints_that_differ_after_a_dot_are_used_at_once(tmp_path):
    alone = Workers(torch.device("cpu"))
    with in_use(tmp_path / "run.seed0", alone), in_use(tmp_path / "run.seed1", alone):
        pass


def test_nothing_saved_is_nothing_loaded(path):
    assert load_checkpoint(path) is None


def test_what_is_loaded_is_what_was_saved_last(saved_twice):
    state = load_checkpoint(saved_twice)
    assert state["number"] == 2
    assert torch.equal(state["weights"], torch.full((1000,), 2.0))


@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.99])
def test_a_checkpoint_cut_short_falls_back_to_the_one_before_with_a_warning(saved_twice, share, caplog):
    cut(saved_twice, share)
    assert load_checkpoint(saved_twice)["number"] == 1
    (warning,) = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert "run.pt: damaged" in warning.message
    assert "\n" not in warning.message


def test_any_flipped_byte_is_noticed_or_harmless(path, older):
    state = {"weights": torch.arange(50.0), "history": [{"epoch": 1}]}
    save_checkpoint(path, {"number": 1})
    save_checkpoint(path, state)
    content, first = path.read_bytes(), older.read_bytes()
    dice = np.random.default_rng(0)
    fell_back = 0
    for at in dice.integers(0, len(content), 150):
        flipped = bytearray(content)
        flipped[at] ^= 1 << dice.integers(8)
        path.write_bytes(flipped)
        older.write_bytes(first)
        loaded = load_checkpoint(path)
        if loaded == {"number": 1}:
            fell_back += 1
        else:
            assert torch.equal(loaded["weights"], state["weights"])
            assert loaded["history"] == state["history"]
    assert fell_back > 30


def test_the_good_one_is_not_lost_when_saving_after_a_fall_back_is_interrupted(saved_twice, older, monkeypatch):
    cut(saved_twice)
    load_checkpoint(saved_twice)
    replace = os.replace

    def killed_between_the_two_renames(source, target):
        if Path(target) == saved_twice:
            raise KeyboardInterrupt
        replace(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", killed_between_the_two_renames)
        with pytest.raises(KeyboardInterrupt):
            save_checkpoint(saved_twice, {"number": 3})
    assert load_checkpoint(saved_twice)["number"] == 1


def test_killed_between_the_two_renames_the_older_one_counts(saved_twice, caplog):
    saved_twice.unlink()
    assert load_checkpoint(saved_twice)["number"] == 1
    assert not caplog.records, "nothing is damaged, so nothing is said"


def test_both_cut_short_is_an_error_of_one_line(saved_twice, older):
    cut(saved_twice)
    cut(older)
    with pytest.raises(CheckpointError, match=r"run\.pt: damaged, .*delete it to start anew") as refused:
        load_checkpoint(saved_twice)
    assert "\n" not in str(refused.value)


def test_an_older_format_of_torch_is_not_mistaken_for_a_checkpoint(path):
    torch.save({"number": 1}, path, _use_new_zipfile_serialization=False)
    with pytest.raises(CheckpointError, match="damaged"):
        load_checkpoint(path)


# --- nothing but numbers ----------------------------------------------------------------------------------------------


class Code:
    """Makes a file when it is unpickled."""

    def __init__(self, proof):
        self.proof = proof

    def __reduce__(self):
        return Path.touch, (self.proof,)


def with_torch(path, code):
    torch.save({"number": 3, "extra": code}, path)


def with_pickle(path, code):
    path.write_bytes(pickle.dumps({"number": 3, "extra": code}))


def with_a_pickle_in_an_archive(path, code):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps(code))


@pytest.mark.parametrize("write", [with_torch, with_pickle, with_a_pickle_in_an_archive])
def test_code_in_a_checkpoint_is_refused_and_does_not_run(path, tmp_path, write):
    proof = tmp_path / "the code ran"
    write(path, Code(proof))
    with pytest.raises(CheckpointError) as refused:
        load_checkpoint(path)
    assert not proof.exists()
    assert "\n" not in str(refused.value)


def test_code_is_named_as_the_reason_and_the_one_before_is_not_taken_silently(saved_twice, tmp_path):
    with_torch(saved_twice, Code(tmp_path / "the code ran"))
    with pytest.raises(CheckpointError, match=r"holds more than numbers .*refused"):
        load_checkpoint(saved_twice)


# --- saving fails -----------------------------------------------------------------------------------------------------


def test_a_full_disk_leaves_the_checkpoint_before_and_no_temporary_file(saved_twice, monkeypatch):
    before = files(saved_twice.parent)

    def half_a_file(state, path):
        path.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(torch, "save", half_a_file)
    with pytest.raises(CheckpointError, match=r"run\.pt: cannot be saved: .*No space left"):
        save_checkpoint(saved_twice, {"number": 3})
    assert files(saved_twice.parent) == before
    assert load_checkpoint(saved_twice)["number"] == 2


def test_a_file_that_may_not_grow_is_the_same(saved_twice):
    before = files(saved_twice.parent)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))  # torch's own writer meets it, as it would a full disk
    try:
        with pytest.raises(CheckpointError, match=r"run\.pt: cannot be saved") as refused:
            save_checkpoint(saved_twice, {"number": 3, "weights": torch.zeros(100_000)})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "\n" not in str(refused.value)
    assert files(saved_twice.parent) == before
    assert load_checkpoint(saved_twice)["number"] == 2


def test_what_a_kill_in_the_middle_of_a_save_left_behind_is_removed(saved_twice):
    (saved_twice.parent / ".run-abc_1234.pt").write_bytes(b"half a checkpoint")
    (saved_twice.parent / ".run-2-abc_1234.pt").write_bytes(b"of another run that is going on")
    load_checkpoint(saved_twice)
    assert files(saved_twice.parent) == [".run-2-abc_1234.pt", "run.older.pt", "run.pt"]


def test_deleting_leaves_nothing_and_may_be_done_twice(saved_twice):
    delete_checkpoint(saved_twice)
    delete_checkpoint(saved_twice)
    assert files(saved_twice.parent) == []


# --- the trainer and its checkpoint -----------------------------------------------------------------------------------


def train(path, recipe=RECIPE, faces=TRAIN, validation=VALIDATION, **options):
    return Trainer(recipe, checkpoint=path, progress=False, **options).fit(faces, validation)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"seed": 1}, "seed 0, expected 1"),
        ({"learning_rate": 0.01, "epochs": 3}, "epochs 2, expected 3; learning_rate 0.001, expected 0.01"),
        ({"augment": Augment(flip=0.5)}, "augment .*'flip': 0.0.*, expected .*'flip': 0.5"),
    ],
)
def test_a_checkpoint_of_another_recipe_is_refused_with_what_differs(path, changes, message):
    train(path)
    with pytest.raises(CheckpointError, match=rf"run\.pt: of another recipe \({message}.*\): delete it") as refused:
        train(path, RECIPE.changed(**changes))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("part", ["faces", "validation"])
def test_a_checkpoint_of_other_data_is_refused(path, part):
    train(path)
    with pytest.raises(CheckpointError, match=r"run\.pt: of other data"):
        train(path, **{part: blobs(60, seed=7)})


@pytest.mark.parametrize("foreign", [[1, 2], {"state_dict": torch.zeros(3)}, torch.zeros(3)])
def test_a_file_of_numbers_that_is_no_checkpoint_is_refused(path, foreign):
    torch.save(foreign, path)
    with pytest.raises(CheckpointError, match=r"run\.pt: not the checkpoint of a run"):
        train(path)


def test_another_number_of_threads_is_warned_of(path, caplog):
    threads = torch.get_num_threads()
    train(path)
    torch.set_num_threads(threads + 1)
    try:
        train(path)
    finally:
        torch.set_num_threads(threads)
    assert f"threads {threads} so far, {threads + 1} from here on" in caplog.text


def test_a_finished_run_is_not_trained_again(path, monkeypatch):
    first = train(path)
    monkeypatch.setattr(Trainer, "_step", lambda *_: pytest.fail("a step was taken"))
    again = train(path)
    assert again.history == first.history
    assert again.best == first.best
    assert all(torch.equal(a, b) for a, b in zip(first.model.parameters(), again.model.parameters(), strict=True))
    assert not first.model.training
    assert not again.model.training


def test_forgetting_deletes_the_checkpoint(path):
    trainer = train(path)
    trainer.forget()
    assert files(path.parent) == []
    Trainer(RECIPE).forget()


def test_a_full_disk_stops_a_run_which_then_goes_on_from_where_it_was_saved(path, monkeypatch):
    whole = train(None)
    save, saves = torch.save, []

    def full_after_four(state, file):
        saves.append(file)
        if len(saves) > 4:
            raise OSError(errno.ENOSPC, "No space left on device")
        save(state, file)

    with monkeypatch.context() as patch:
        patch.setattr(torch, "save", full_after_four)
        with pytest.raises(CheckpointError, match="No space left"):
            train(path, checkpoint_every=0)
    resumed = train(path)
    assert all(torch.equal(a, b) for a, b in zip(whole.model.parameters(), resumed.model.parameters(), strict=True))


def test_checkpoints_are_written_no_more_often_than_asked(path, monkeypatch):
    saves = []
    monkeypatch.setattr("fer_lib.train.trainer.save_checkpoint", lambda path, state: saves.append(state["step"]))
    train(path, checkpoint_every=3600)
    assert saves == [0, 0], "at the beginning, for the precision, and at the end"
    train(path, checkpoint_every=0)
    assert len(saves) == 2 + 1 + 2 * 5 + 1
