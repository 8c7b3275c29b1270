"""Each command does its one thing, and what goes wrong is said in one line with exit code 2."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from faces_for_tests import blobs

import fer_lib
from fer_lib.cli import main
from fer_lib.cli.arguments import field, space
from fer_lib.errors import Diverged
from fer_lib.labels import FERPLUS_EMOTIONS
from fer_lib.models import create_model, load_model, save_weights
from fer_lib.runs import load_run
from fer_lib.train import RECIPES, predict
from fer_lib.train.workers import Workers

QUICK = ["--device", "cpu", "--set", "epochs=2", "--set", "precision=float32"]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A small file in the form of FER2013's npz."""
    path = tmp_path_factory.mktemp("data") / "fer2013.npz"
    faces = blobs(240)
    usage = np.repeat(np.array([0, 1, 2], np.uint8), (160, 40, 40))
    np.savez(path, images=faces.images, emotion=faces.labels.astype(np.uint8), usage=usage)
    return path


@pytest.fixture(autouse=True)
def _quiet(monkeypatch):
    monkeypatch.setenv("FER_DATA", "")
    monkeypatch.setattr("warnings.warn", lambda *_, **__: None)  # that scores on 240 faces do not compare


def run(*words):
    return main([str(word) for word in words])


# --- commands ---------------------------------------------------------------------------------------------------------


def test_info_counts_what_is_there(data, capsys):
    assert run("data", "info", "--data", data) == 0
    shown = capsys.readouterr().out
    assert "npz" in shown
    assert [line.split()[-1] for line in shown.splitlines() if line.startswith(("train", "validation", "test"))] == [
        "160",
        "40",
        "40",
    ]


def test_convert_writes_a_form_that_can_be_read(data, tmp_path, capsys):
    assert run("data", "convert", "csv", tmp_path / "out", "--data", data) == 0
    assert capsys.readouterr().out.count("\n") == 1
    assert run("data", "info", "--data", tmp_path / "out") == 0


def test_audit_of_other_data_writes_no_clean_list(data, tmp_path, capsys):
    assert run("data", "audit", "--data", data, "--out", tmp_path / "splits") == 0
    assert "nothing written: the lists need the official split and FER+ votes" in capsys.readouterr().out
    assert not (tmp_path / "splits").exists()


def test_train_writes_weights_that_can_be_used_and_a_history(data, tmp_path, capsys):
    out = tmp_path / "out"
    assert run("train", "greblo-fc", "--data", data, "--out", out, *QUICK) == 0
    assert "greblo-fc: validation" in capsys.readouterr().out
    assert sorted(file.name for file in out.iterdir()) == ["history.json", "weights.safetensors"]
    kept = json.loads((out / "history.json").read_text())
    assert kept["recipe"]["epochs"] == 2
    assert len(kept["history"]) == 2
    assert predict(load_model(out / "weights.safetensors"), blobs(5)).shape == (5, 7)


def test_train_resumes_from_its_checkpoint(data, tmp_path, capsys, monkeypatch):
    words = ("train", "greblo-fc", "--data", data, "--checkpoint", tmp_path / "run.pt", *QUICK)
    assert run(*words) == 0
    monkeypatch.setattr("fer_lib.train.Trainer._step", lambda *_: pytest.fail("a step was taken"))
    assert run(*words) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first == second


def test_train_says_that_it_keeps_nothing_without_a_place_to(data, capsys):
    run("train", "greblo-fc", "--data", data, *QUICK)
    assert "its weights are not kept, --out FOLDER would" in capsys.readouterr().out


@pytest.mark.parametrize("option", [("--split", "test"), ("--labels", "majority"), ("--data", "synthetic")])
def test_a_run_refuses_what_only_weights_understand(option, capsys):
    assert run("evaluate", "greblo-fc", *option) == 2
    assert "are for weights" in capsys.readouterr().err


@pytest.mark.parametrize("split", ["train", "validation", "test"])
def test_evaluate_measures_weights_on_a_part_of_the_data(data, tmp_path, capsys, split):
    run("train", "greblo-fc", "--data", data, "--out", tmp_path, *QUICK)
    capsys.readouterr()
    assert run("evaluate", tmp_path / "weights.safetensors", "--data", data, "--split", split) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(f"{split} of ")
    assert f"n = {160 if split == 'train' else 40})" in shown
    assert "recall: angry" in shown


@pytest.mark.fer2013
def test_evaluate_measures_weights_on_ferplus_labels(fer2013, tmp_path, capsys):
    options = {"classes": len(FERPLUS_EMOTIONS)}
    save_weights(tmp_path / "w.safetensors", create_model("fully-connected", **options), "fully-connected", options)
    assert run("evaluate", tmp_path / "w.safetensors", "--data", fer2013, "--labels", "majority") == 0
    assert "contempt" in capsys.readouterr().out


def test_evaluate_measures_a_run_again_without_any_data(capsys):
    assert run("evaluate", "greblo-fc") == 0
    shown = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in shown if not line.startswith(" ")] == [
        "validation",
        "test",
        "test_clean",
    ]


def test_help_lists_every_command():
    environment = {**os.environ, "PYTHONPATH": str(Path(fer_lib.__file__).parents[1])}
    command = [sys.executable, "-m", "fer_lib.cli", "--help"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for name in ("data", "train", "evaluate", "reproduce", "sweep", "bench"):
        assert f"\n    {name}" in done.stdout


def test_reproduce_shows_what_is_done_beside_what_is_claimed(capsys):
    assert run("reproduce", "--table") == 0
    rows = capsys.readouterr().out.splitlines()
    assert rows[0].startswith("| run | claimed | test (interval) |")
    assert rows[-1] == "* the paper scored other faces than the official test part"
    assert {row.split(" | ")[0].removeprefix("| ") for row in rows[2:]} >= {"greblo-fc", "greblo-deep", "salimov-small"}


def test_reproduce_all_skips_what_is_done(tmp_path, capsys, monkeypatch):
    done = set(RECIPES) - {"greblo-fc", "ieee-six-conv"}
    for name in done:
        (tmp_path / "runs" / name).mkdir(parents=True)
        (tmp_path / "runs" / name / "run.json").touch()
    trained = []
    monkeypatch.setattr("fer_lib.train.load_official", lambda _: None)
    monkeypatch.setattr(
        "fer_lib.train.reproduce", lambda recipe, **_: trained.append(recipe.name) or load_run("greblo-fc")
    )
    assert run("reproduce", "--all", "--out", tmp_path) == 0
    assert trained == ["greblo-fc", "ieee-six-conv"]
    for name in trained:
        (tmp_path / "runs" / name).mkdir()
        (tmp_path / "runs" / name / "run.json").touch()
    capsys.readouterr()
    assert run("reproduce", "--all", "--out", tmp_path) == 0
    assert capsys.readouterr().out == "every recipe has its run\n"


def test_reproduce_all_goes_on_past_a_recipe_that_fails(tmp_path, capsys, monkeypatch):
    trained = []

    def one_fails(recipe, **_):
        if recipe.name == "greblo-shallow":
            raise Diverged("step 3: the loss is not a number")
        trained.append(recipe.name)
        return load_run("greblo-fc")

    monkeypatch.setattr("fer_lib.train.load_official", lambda _: None)
    monkeypatch.setattr("fer_lib.train.reproduce", one_fails)
    assert run("reproduce", "--all", "--out", tmp_path) == 2
    assert trained == [name for name in RECIPES if name != "greblo-shallow"]
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "greblo-shallow: step 3: the loss is not a number"
    assert said[-1] == "fer-lib: no run of greblo-shallow, for the reasons above"


def test_reproduce_all_without_data_says_so_once(tmp_path, capsys):
    assert run("reproduce", "--all", "--out", tmp_path, "--data", "synthetic") == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_bench_times_a_step_in_each_number_format(capsys):
    assert run("bench", "train", "fully-connected", "--batch-size", "8", "--device", "cpu") == 0
    rows = capsys.readouterr().out.splitlines()
    assert [row.split()[1] for row in rows[1:]] == ["float32", "bfloat16"]
    assert all(float(row.split()[2]) > 0 and row.endswith("%") for row in rows[1:])


# --- what goes wrong --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["train", "greblo"], "no recipe is called 'greblo'"),
        (["train", "greblo-fc", "--set", "epochs"], "--set epochs: expected FIELD=VALUE"),
        (["train", "greblo-fc", "--set", "epochs=-1"], "epochs is -1, expected"),
        (["train", "greblo-fc", "--set", "learning_rate=fast"], "learning_rate is 'fast', expected"),
        (["train", "greblo-fc", "--set", "learning_rate=-.5"], "learning_rate is -0.5, expected"),
        (["train", "greblo-fc", "--set", "lr=1"], "a recipe has no 'lr'"),
        (["train", "greblo-fc", "--set", "network=nothing"], "no network is called 'nothing'"),
        (["train", "greblo-fc", "--set", "options=5"], "options is 5, expected"),
        (["train", "greblo-fc", "--set", 'options={"depth": 5}'], "'depth'"),
        (["train", "greblo-fc", "--set", "labels=majority"], "fer2013new.csv"),
        (["train", "greblo-fc", "--device", "gpu"], "device 'gpu'"),
        (["train", "greblo-fc", "--data", "no/such/file.csv"], "no/such/file.csv"),
        (["train", "greblo-fc", "--out", "DATA"], "File exists"),
        (["sweep", "greblo-fc", "--space", "seed=1..2..3"], "expected two numbers, seed=LOW..HIGH"),
        (["sweep", "greblo-fc", "--space", "learning_rate=1e-4.."], "expected two numbers, learning_rate=LOW..HIGH"),
        (["reproduce"], "nothing to train: name a recipe, or give --all or --table"),
        (["reproduce", "greblo-fc", "--all"], "give one of the three"),
        (["evaluate", "no-such-run"], "no run is here"),
        (["evaluate", "no-such.safetensors"], "no such weights"),
        (["evaluate", "DATA.safetensors"], "no such weights"),
        (["data", "info", "--data", "no/such/folder"], "no/such/folder"),
        (["data", "convert", "xlsx", "out"], "form 'xlsx', expected csv"),
        (["reproduce", "greblo-fc"], "not FER2013 on its official split"),
        (["bench", "forms", "--data", "no/such/folder"], "no/such/folder"),
        (["bench", "train", "--batch-size", "0"], "batch_size is 0 and count"),
    ],
)
def test_what_goes_wrong_is_said_in_one_line_with_exit_code_2(words, message, data, capfd):
    words = [word.replace("DATA", str(data)) for word in words]
    if "--data" not in words and words[0] in ("train", "reproduce"):
        words[2:2] = ["--data", str(data)]
    assert main(words) == 2
    shown = capfd.readouterr()
    assert shown.err.startswith("fer-lib: ")
    assert shown.err.count("\n") == 1
    assert message in shown.err
    assert shown.out == ""


def test_a_model_with_other_labels_than_the_data_is_refused(data, tmp_path, capsys):
    options = {"classes": len(FERPLUS_EMOTIONS)}
    save_weights(tmp_path / "w.safetensors", create_model("fully-connected", **options), "fully-connected", options)
    assert run("evaluate", tmp_path / "w.safetensors", "--data", data) == 2
    assert "logits of 8 labels, expected 7" in capsys.readouterr().err


def test_numbers_may_be_written_as_in_python():
    assert field("learning_rate=.001") == ("learning_rate", 0.001)
    assert space("learning_rate=.001..1e-1") == ("learning_rate", (0.001, 0.1))
    assert space("optimizer=adam,sgd") == ("optimizer", ["adam", "sgd"])


def test_only_the_first_of_several_processes_writes_and_speaks(data, tmp_path, capsys, monkeypatch):
    class Second(Workers):
        def __init__(self, device):
            super().__init__(device)
            self.rank = 1

    monkeypatch.setattr("fer_lib.train.trainer.Workers", Second)
    assert run("train", "greblo-fc", "--data", data, "--out", tmp_path, *QUICK) == 0
    assert capsys.readouterr().out == ""
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_ends_with_one_line(data, capsys, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("fer_lib.train.Trainer.fit", interrupt)
    assert run("train", "greblo-fc", "--data", data) == 130
    assert capsys.readouterr().err.endswith("fer-lib: stopped\n")


def test_a_folder_that_cannot_be_written_is_said_before_training(data, capsys, monkeypatch):
    monkeypatch.setattr("fer_lib.train.Trainer.fit", lambda *_: pytest.fail("it trained"))
    assert run("train", "greblo-fc", "--data", data, "--out", data / "inside-a-file") == 2
    assert "Not a directory" in capsys.readouterr().err


@pytest.mark.parametrize("words", [[], ["train"], ["data"], ["fly"], ["evaluate", "x", "--split", "all"]])
def test_a_command_that_is_not_one_ends_with_exit_code_2(words, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(words)
    assert "usage: fer-lib" in capsys.readouterr().err
