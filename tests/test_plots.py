"""Plots: what is drawn is the data, and the sentence says what the data says."""

import base64
import io

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from fer_lib import plots
from fer_lib.data import load
from fer_lib.errors import FerError
from fer_lib.evaluate import confusion, wilson
from fer_lib.labels import EMOTIONS
from fer_lib.models import create_model
from fer_lib.runs import list_runs, load_run

HISTORY = [
    {
        "epoch": epoch,
        "train_loss": 2 / epoch,
        "validation_loss": 1.9,
        "train_accuracy": 0.3 * epoch,
        "validation_accuracy": best,
    }
    for epoch, best in ((1, 0.2), (2, 0.4), (3, 0.3))
]


@pytest.fixture(scope="module")
def splits():
    return load("synthetic", n=200)


def every_plot(splits):
    logits = np.random.default_rng(0).normal(size=(len(splits.test), 7))
    runs = [load_run(name) for name in list_runs()]
    return {
        "face_grid": plots.face_grid(splits.test.images[:5], note="Five faces."),
        "label_counts": plots.label_counts(splits),
        "confusion_matrix": plots.confusion_matrix(confusion(logits, splits.test.labels), EMOTIONS, "noise"),
        "recall_bars": plots.recall_bars({run.name: run.metrics["test"]["recall"] for run in runs[:3]}),
        "score_intervals": plots.score_intervals({"one": wilson(3, 10), "two": wilson(9, 10)}),
        "reliability": plots.reliability(logits, splits.test.labels),
        "learning_curves": plots.learning_curves(HISTORY, "three epochs"),
        "lines": plots.lines({"loss": ([1, 2], [2.0, 1.0])}, x="epoch", y="loss"),
        "bars": plots.bars({"one": 1.0, "two": 2.0}, y="points"),
        "heat_map": plots.heat_map([[1.0, 2.0]], ["row"], ["one", "two"], x="column", y="row"),
        "architecture": plots.architecture(create_model("greblo-shallow"), "greblo-shallow"),
        "ladder": plots.ladder(runs, splits.test.labels, dict.fromkeys(EMOTIONS, 1)),
    }


def test_every_plot_has_a_picture_a_table_and_a_sentence(splits):
    made = every_plot(splits)
    assert set(made) == set(plots.__all__) - {"Plot"}, "every public plot is tried here"
    for name, plot in made.items():
        columns = {column: len(values) for column, values in plot.table.items()}
        assert len(set(columns.values())) == 1, f"{name}: columns of unequal length {columns}"
        assert plot.alt.endswith("."), name
        assert "nan" not in plot.alt, name
        data, metadata = plot._repr_mimebundle_()
        picture = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
        assert np.asarray(picture.convert("L")).std() > 5, f"{name}: the picture is blank"
        assert metadata["image/png"]["alt"] == data["text/plain"] == repr(plot) == plot.alt
        assert 'alt="' in data["text/html"]
    assert plt.get_fignums() == [], "no figure is left open"


def test_the_sentence_of_a_picture_is_escaped_in_html():
    plot = plots.face_grid(np.zeros((1, 48, 48), np.uint8), note='"quoted" & <tagged>')
    html = plot._repr_mimebundle_()[0]["text/html"]
    assert "&quot;quoted&quot; &amp; &lt;tagged&gt;" in html


def test_confusion_matrix_draws_shares_of_each_row():
    plot = plots.confusion_matrix([[8, 2], [1, 1]], ("yes", "no"))
    assert plot.table["share"] == [0.8, 0.2, 0.5, 0.5]
    drawn = plot.figure.axes[0].collections[0].get_array()
    np.testing.assert_allclose(drawn, [[80, 20], [50, 50]])
    assert "they agree best on yes (80%); the largest error is no given as yes (50%)" in plot.alt


def test_label_counts_draws_the_counts(splits):
    plot = plots.label_counts(splits)
    heights = sorted(bar.get_height() for bar in plot.figure.axes[0].patches)
    expected = sorted(count for part in ("train", "validation", "test") for count in plot.table[part])
    assert heights == expected
    assert sum(plot.table["train"]) == len(splits.train)


def test_learning_curves_name_the_best_validation_epoch():
    assert "best at epoch 2 (40.0%)" in plots.learning_curves(HISTORY).alt


def test_reliability_of_a_network_too_sure_of_itself_says_so():
    logits = np.zeros((10, 7))
    logits[:, 0] = 20
    plot = plots.reliability(logits, np.arange(10) % 2)
    assert "on average 50.0% too sure; its expected calibration error is 50.0%" in plot.alt


def test_reliability_tells_how_far_a_network_leans_from_its_calibration_error():
    sure, unsure = np.tile([2.0, 0.0], (10, 1)), np.tile([0.2, 0.0], (10, 1))
    sure[:5] = sure[:5, ::-1]  # of ten answers of 88 % half are wrong, of ten of 55 % none
    plot = plots.reliability(np.concatenate([sure, unsure]), np.zeros(20, int))
    assert "on average 3.5% not sure enough; its expected calibration error is 41.5%" in plot.alt


def test_nothing_to_draw_is_said():
    with pytest.raises(FerError, match="no image to draw"):
        plots.face_grid(np.zeros((0, 48, 48), np.uint8))
    with pytest.raises(FerError, match="no epoch to draw"):
        plots.learning_curves([])
    assert "broken has no point" in plots.lines({"fine": ([1], [2]), "broken": ([], [])}, x="epoch", y="loss").alt


def test_face_grid_draws_each_face_in_reading_order():
    images = np.stack([np.full((48, 48), value, np.uint8) for value in (0, 100, 200)])
    plot = plots.face_grid(images, ["a", "b", "c"], columns=2)
    drawn = [int(axis.images[0].get_array().mean()) for axis in plot.figure.axes if axis.images]
    assert drawn == [0, 100, 200]
    assert plot.table["title"] == ["a", "b", "c"]
