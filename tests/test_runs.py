"""A run on disk: whole, readable, and true: its metrics follow from its predictions and the published labels."""

import json

import nearest_neighbour
import numpy as np
import pytest

from fer_lib.augment import Augment
from fer_lib.data import load
from fer_lib.data.splits import clean_rows, official_labels
from fer_lib.errors import FerError
from fer_lib.evaluate import Score, measure
from fer_lib.files import PUBLISHED
from fer_lib.labels import EMOTIONS, FERPLUS_EMOTIONS
from fer_lib.models import load_model
from fer_lib.runs import Run, list_runs, load_run, official_metrics, recipes_table, runs_table
from fer_lib.train import RECIPES, Recipe, predict


def test_only_official_data_becomes_a_published_run(monkeypatch):
    monkeypatch.setattr(nearest_neighbour, "load", lambda: load("synthetic", n=20))
    with pytest.raises(FerError, match="not FER2013 on its official split"):
        nearest_neighbour.main()


def right_logits(split):
    """Logits of a model that is always right."""
    return (10 * np.eye(7)[official_labels(split)]).astype(np.float16)


def noisy_logits(split, seed=0):
    """Logits of a model that is right now and then."""
    noise = np.random.default_rng(seed).normal(size=(len(official_labels(split)), 7))
    return (noise + np.eye(7)[official_labels(split)]).astype(np.float16)


@pytest.fixture
def run():
    logits = noisy_logits("validation"), noisy_logits("test")
    return Run(
        name="test-noise-seed1",
        recipe={"name": "test-noise-seed1", "network": "none", "labels": "fer2013"},
        data={"source": "thin air", "digest": "0" * 16, "train": 1, "validation": 3589, "test": 3589},
        history=[{"epoch": 1, "train_loss": 1.5, "seconds": 0.5}, {"epoch": 2, "train_loss": 1.25, "seconds": 0.5}],
        kept_epoch=2,
        parameters=1234567,
        seconds=1.0,
        machine={"device": "2 CPU cores", "threads": 2, "precision": "float32"},
        metrics=official_metrics(*logits),
        validation_logits=logits[0],
        test_logits=logits[1],
        filters=np.zeros((4, 3, 3), np.float16),
    )


@pytest.fixture
def folder(run, tmp_path):
    run.save(tmp_path / run.name)
    return tmp_path / run.name


def check(run):
    """Fail if a run's metrics are not what its predictions and the published labels give."""
    assert run.metrics == official_metrics(run.validation_logits, run.test_logits, run.recipe["labels"]), run.name


# --- every published run is true --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list_runs())
def test_the_metrics_of_a_published_run_follow_from_its_predictions(name):
    check(load_run(name))


@pytest.mark.parametrize("name", list_runs())
def test_a_published_run_is_what_it_says(name):
    run = load_run(name)
    assert run.name == run.recipe["name"] == name
    assert run.validation_logits.dtype == run.test_logits.dtype == np.float16
    assert len(run.validation_logits) == len(run.test_logits) == 3589
    if run.history:
        kept = max(run.history, key=lambda entry: entry["validation_accuracy"])
        assert run.kept_epoch == kept["epoch"], "weights are chosen on validation"
        if run.recipe["labels"] == "fer2013":  # half a percent: the history is before rounding to float16
            assert run.score("validation").value == pytest.approx(kept["validation_accuracy"], abs=0.005)


def test_every_published_run_has_its_recipe():
    assert set(list_runs()) - set(RECIPES) == {"baseline-nearest-neighbour"}


@pytest.mark.parametrize("name", sorted(set(list_runs()) & set(RECIPES)))
def test_a_published_run_was_made_by_the_published_recipe(name):
    assert load_run(name).recipe == RECIPES[name].to_dict()


@pytest.mark.fer2013
@pytest.mark.parametrize("name", sorted(file.stem for file in (PUBLISHED / "weights").glob("*.safetensors")))
def test_published_weights_give_the_scores_of_their_run_to_the_last_image(fer2013, name):
    run, model = load_run(name), load_model(name)
    logits = predict(model, load(fer2013 / "fer2013.npz").test).astype(np.float16)  # as they are stored
    measured = official_metrics(run.validation_logits, logits, run.recipe["labels"])
    for part in ("test", "test_clean"):
        assert measured[part]["accuracy"] == run.metrics[part]["accuracy"], part
    assert sum(weights.numel() for weights in model.parameters()) == run.parameters


@pytest.mark.parametrize("part", ["validation", "test", "test_clean"])
def test_a_metric_that_was_tampered_with_is_noticed(folder, part):
    check(load_run(folder))
    values = json.loads((folder / "run.json").read_text())
    values["metrics"][part]["accuracy"] += 0.000001
    (folder / "run.json").write_text(json.dumps(values))
    with pytest.raises(AssertionError):
        check(load_run(folder))


def test_predictions_that_were_tampered_with_are_noticed(folder, run):
    worse = run.test_logits.copy()
    row = int((run.test_logits.argmax(1) == official_labels("test")).argmax())  # a face that was right
    worse[row] = -worse[row]
    arrays = {"validation_logits": run.validation_logits, "test_logits": worse, "filters": run.filters}
    np.savez(folder / "predictions.npz", **arrays)
    with pytest.raises(AssertionError):
        check(load_run(folder))


# --- the three scores -------------------------------------------------------------------------------------------------


def test_a_model_that_is_always_right_scores_100_percent_everywhere():
    metrics = official_metrics(right_logits("validation"), right_logits("test"))
    assert list(metrics) == ["validation", "test", "test_clean"]
    for measured in metrics.values():
        assert measured["accuracy"] == measured["high"] == 1.0
        assert list(measured["recall"]) == list(EMOTIONS)
    assert [measured["n"] for measured in metrics.values()] == [3589, 3589, len(clean_rows())]


def test_test_clean_is_the_test_part_without_the_faces_that_have_a_copy():
    clean, logits = clean_rows(), noisy_logits("test")
    expected = measure(logits[clean], official_labels("test")[clean], EMOTIONS)
    assert official_metrics(noisy_logits("validation"), logits)["test_clean"] == expected
    assert len(clean) < 3589 - 288, "at the least the exact copies are out"


def test_what_a_model_says_of_faces_with_a_copy_does_not_touch_test_clean():
    logits, other = noisy_logits("test"), noisy_logits("test")
    other[np.setdiff1d(np.arange(3589), clean_rows())] *= -1
    first, second = (official_metrics(noisy_logits("validation"), test) for test in (logits, other))
    assert first["test"] != second["test"]
    assert first["test_clean"] == second["test_clean"]


@pytest.mark.parametrize("mode", ["majority", "probability", "multi-label"])
def test_with_ferplus_labels_the_faces_that_ferplus_drops_are_not_scored(mode):
    metrics = official_metrics(np.zeros((3589, 8)), np.zeros((3589, 8)), labels=mode)
    assert list(metrics["test"]["recall"]) == list(FERPLUS_EMOTIONS)
    assert metrics["test_clean"]["n"] < metrics["test"]["n"] < 3589
    assert metrics["test"]["recall"]["neutral"] == 1.0, "of equal logits the first is the prediction"


def test_majority_labels_of_ferplus_are_as_many_as_microsoft_publishes():
    metrics = official_metrics(np.zeros((3589, 8)), np.zeros((3589, 8)), labels="majority")
    assert (metrics["validation"]["n"], metrics["test"]["n"]) == (3199, 3153)


def test_logits_of_another_number_of_labels_are_refused():
    with pytest.raises(FerError, match="logits of 8 labels, expected 7"):
        official_metrics(np.zeros((3589, 8)), np.zeros((3589, 8)))


def test_logits_of_other_faces_or_labels_are_refused():
    whole, part = np.zeros((3589, 7)), np.zeros((10, 7))
    with pytest.raises(FerError, match="test: 10 rows of logits, expected 3,589, one for each official face"):
        official_metrics(whole, part)
    with pytest.raises(FerError, match="labels 'ferplus', expected fer2013, majority"):
        official_metrics(whole, whole, labels="ferplus")


# --- on disk ----------------------------------------------------------------------------------------------------------


def test_a_run_comes_back_as_it_was_saved(run, folder):
    again = load_run(folder)
    for name, value in vars(run).items():
        if isinstance(value, np.ndarray):
            assert np.array_equal(getattr(again, name), value)
            assert getattr(again, name).dtype == np.float16
        else:
            assert getattr(again, name) == value, name


def test_run_json_is_readable_by_people_and_machines(folder):
    text = (folder / "run.json").read_text()
    assert json.loads(text)["history"][1]["epoch"] == 2
    assert sum(line.startswith('  {"epoch"') for line in text.splitlines()) == 2, "one line an epoch"
    assert text.endswith("}\n")


def test_saving_again_replaces_the_run_and_leaves_nothing_beside_it(run, folder):
    run.save(folder)
    assert sorted(file.name for file in folder.iterdir()) == ["predictions.npz", "run.json"]


def test_a_save_that_fails_half_way_leaves_no_run_that_belongs_to_other_logits(run, folder, monkeypatch):
    def full(*_, **__):
        raise OSError("No space left on device")

    monkeypatch.setattr(np, "savez_compressed", full)
    with pytest.raises(OSError, match="No space"):
        run.save(folder)
    with pytest.raises(FerError, match="no run is here"):
        load_run(folder)


def _cut(name):
    def damage(folder):
        content = (folder / name).read_bytes()
        (folder / name).write_bytes(content[: len(content) // 2])

    return damage


def _zeros_inside(folder):
    content = bytearray((folder / "predictions.npz").read_bytes())
    content[len(content) // 3 : len(content) // 3 + 500] = bytes(500)
    (folder / "predictions.npz").write_bytes(content)


DAMAGE = {
    "json cut": _cut("run.json"),
    "json a list": lambda folder: (folder / "run.json").write_text("[]"),
    "json without metrics": lambda folder: (folder / "run.json").write_text('{"name": "x"}'),
    "json not text": lambda folder: (folder / "run.json").write_bytes(b"\xff\xfe\x00"),
    "predictions cut": _cut("predictions.npz"),
    "predictions empty": lambda folder: (folder / "predictions.npz").write_bytes(b""),
    "predictions gone": lambda folder: (folder / "predictions.npz").unlink(),
    "predictions with zeros inside": _zeros_inside,
    "predictions of one part": lambda folder: np.savez(folder / "predictions.npz", test_logits=np.zeros(3)),
    "predictions pickled": lambda folder: np.savez(
        folder / "predictions.npz", validation_logits=np.array([{}]), test_logits=np.array([{}])
    ),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_run_gives_one_line_that_names_it(folder, damage):
    damage(folder)
    with pytest.raises(FerError, match="test-noise-seed1: not a run that fer_lib wrote") as refused:
        load_run(folder)
    assert "\n" not in str(refused.value)


def test_a_run_that_is_not_there_is_answered_with_those_that_are():
    with pytest.raises(FerError, match=r"no-such-run: no run is here .*greblo-fc"):
        load_run("no-such-run")


# --- shown ------------------------------------------------------------------------------------------------------------


def test_a_score_is_read_from_the_metrics(run):
    metrics = run.metrics["test_clean"]
    assert run.score("test_clean") == Score(metrics["accuracy"], metrics["low"], metrics["high"], metrics["n"])
    assert run.score() == run.score("test")


def test_the_table_has_a_row_a_run_and_the_best_last(run):
    best = Run(
        **{**vars(run), "name": "test-right", "metrics": official_metrics(*map(right_logits, ("validation", "test")))}
    )
    rows = runs_table([best, run]).splitlines()
    assert len(rows) == 4
    assert rows[2].startswith("| test-noise-seed1 | 1,234,567 | ")
    assert rows[2].endswith("| 1 s on 2 CPU cores, float32 |")
    assert rows[3].startswith("| test-right ")
    assert "100.0 % (99.9-100.0, n = 3,589)" in rows[3]
    assert {row.count("|") for row in rows} == {7}


def test_runs_with_other_labels_stand_after_all_others_and_say_so(run):
    other = Run(**{**vars(run), "name": "test-ferplus", "recipe": {**run.recipe, "labels": "majority"}})
    best = Run(**{**vars(run), "metrics": official_metrics(*map(right_logits, ("validation", "test")))})
    rows = runs_table([other, best]).splitlines()
    assert rows[2].startswith("| test-noise-seed1 | ")
    assert rows[3].startswith("| test-ferplus (FER+ labels, majority) | ")


def test_recipes_are_told_apart_by_the_fields_in_which_they_differ():
    first = Recipe("one", "fully-connected", epochs=3, stages=(1, 2), augment=Augment(flip=0.5))
    second = first.changed(**{"name": "two", "learning_rate": 1e-5, "options.hidden": (8, 4), "stages": ()})
    second = second.changed(**{"augment.rotation": 10})
    table = recipes_table({"one": first.to_dict(), "two": second.to_dict()})
    assert table.splitlines() == [
        "| | one | two |",
        "| --- | ---: | ---: |",
        "| options |  | hidden 8, 4 |",
        "| learning rate | 0.001 | 1e-05 |",
        "| stages | 1, 2 |  |",
        "| rotation | 0 | 10 |",
    ]


def test_equal_recipes_differ_in_nothing():
    recipe = Recipe("one", "fully-connected").to_dict()
    assert len(recipes_table({"one": recipe, "again": {**recipe, "name": "two"}}).splitlines()) == 2
