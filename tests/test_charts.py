"""Charts, the picture of an architecture, and what a network looks like inside: tested through their data."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch

from fer_lib import plots
from fer_lib.claims import claims
from fer_lib.data import load
from fer_lib.errors import FerError
from fer_lib.explain import activation_maps, first_filters, smoothness, sparsity
from fer_lib.files import PUBLISHED
from fer_lib.models import create_model, load_model, summary
from fer_lib.runs import list_runs, load_run, load_study, reproductions, reproductions_table
from fer_lib.train import RECIPES

FACES = load("synthetic", n=20).train.images[:3]


# --- charts -----------------------------------------------------------------------------------------------------------


def test_lines_keep_every_point():
    plot = plots.lines({"a": ([1, 2], [0.5, 0.25]), "b": ([1], [3.0])}, x="epoch", y="loss", log_y=True)
    assert plot.table == {"line": ["a", "a", "b"], "x": [1, 2, 1], "y": [0.5, 0.25, 3.0]}
    assert "a goes from 0.5 to 0.25" in plot.alt
    assert plot.figure.axes[0].get_yscale() == "log"


def test_bars_take_one_series_or_several():
    one = plots.bars({"x": 1.0, "y": 2.0}, y="points", errors={"x": 0.1, "y": 0.2})
    assert one.table == {"bar": ["x", "y"], "points": [1.0, 2.0]}
    two = plots.bars({"mine": {"x": 1.0, "y": 2.0}, "yours": {"x": 3.0, "y": 4.0}}, y="points")
    assert two.table == {"bar": ["x", "y"], "mine": [1.0, 2.0], "yours": [3.0, 4.0]}
    assert len(two.figure.axes[0].patches) == 4


def test_a_heat_map_names_its_ends_and_leaves_gaps_empty():
    plot = plots.heat_map([[1.0, np.nan], [3.0, 2.0]], ["a", "b"], ["c", "d"], x="kernel", y="layers", digits=1)
    assert "from 1.0 (a, c) to 3.0 (b, c)" in plot.alt
    assert [text.get_text() for text in plot.figure.axes[0].texts] == ["1.0", "3.0", "2.0"]


def test_heat_maps_side_by_side_have_a_title_and_colours_each():
    tables = {"theirs": [[60.0, 70.0]], "ours": [[20.0, 10.0]]}
    plot = plots.heat_map(tables, ["a"], ["c", "d"], x="kernel", y="layers", digits=0)
    assert "theirs from 60 (a, c) to 70 (a, d); ours from 10 (a, d) to 20 (a, c)" in plot.alt
    assert plot.table == {"row": ["a", "a"], "column": ["c", "d"], "theirs": [60.0, 70.0], "ours": [20.0, 10.0]}
    assert [axis.get_title() for axis in plot.figure.axes] == ["theirs", "ours"]
    shades = [axis.collections[0].get_clim() for axis in plot.figure.axes]
    assert shades == [(60, 70), (10, 20)]


@pytest.mark.parametrize("name", ["fully-connected", "greblo-deep", "resnet2025-residual"])
def test_an_architecture_is_drawn_from_the_network_itself(name):
    network = create_model(name)
    plot = plots.architecture(network, name)
    learned = [layer for layer in summary(network) if layer.kind in ("Conv2d", "Linear")]
    drawn = [p for p, kind in zip(plot.table["parameters"], plot.table["layer"], strict=True) if kind != "MaxPool2d"]
    assert drawn == [layer.parameters for layer in learned]
    assert name in plot.alt


# --- inside a network -------------------------------------------------------------------------------------------------


def test_activation_maps_are_what_torchvision_extracts():
    extraction = pytest.importorskip("torchvision.models.feature_extraction", reason="torchvision is an extra")
    network = create_model("greblo-deep").eval()
    maps = activation_maps(network, FACES)
    last = [f"features.{number}.{len(block) - 1}" for number, block in enumerate(network.features)]
    theirs = extraction.create_feature_extractor(network, last)(torch.tensor(FACES)[:, None] / 255)
    for name, found in zip(last, maps, strict=True):
        np.testing.assert_allclose(found, theirs[name].detach().numpy(), rtol=1e-5, atol=1e-6)


def test_layers_that_work_in_place_do_not_change_the_maps_before_them():
    layers = torch.nn.Sequential(torch.nn.Conv2d(1, 4, 3), torch.nn.BatchNorm2d(4), torch.nn.ReLU(inplace=True))
    network = torch.nn.Sequential()
    network.features = layers
    maps = activation_maps(network, FACES)
    assert (maps[1] < 0).any()
    assert (maps[2] >= 0).all()


def test_looking_at_a_network_leaves_it_as_it_was():
    network = create_model("alizadeh-shallow").train()
    network.features[0].eval()  # frozen
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    activation_maps(network, FACES)
    assert network.training
    assert network.features[1].training
    assert not network.features[0].training
    assert all(torch.equal(tensor, before[name]) for name, tensor in network.state_dict().items())
    assert not any(block._forward_hooks for block in network.features)


def test_the_first_filters_are_those_that_look_at_pixels():
    network = create_model("salimov-small")
    np.testing.assert_array_equal(first_filters(network), network.features[0][0].weight.detach().numpy()[:, 0])
    assert first_filters(create_model("fully-connected")).size == 0
    filters = first_filters(network)
    filters += 1
    assert (filters != first_filters(network)).all(), "a copy, which may be changed"


def test_a_network_without_convolutions_has_no_maps():
    with pytest.raises(FerError, match="FullyConnected has no convolution layers to look at"):
        activation_maps(create_model("fully-connected"), FACES)


def test_sparsity_counts_exact_zeros():
    assert sparsity(np.array([0.0, -0.0, 1e-30, 1.0])) == 0.5


@pytest.mark.parametrize("side", [3, 5, 7])
def test_smooth_filters_are_slopes_and_random_ones_have_3_of_the_directions(side):
    down, across = np.mgrid[:side, :side]
    assert smoothness([0.3 + 0.7 * down - 2 * across, np.ones((side, side))]) == pytest.approx(1)
    assert smoothness([(-1.0) ** (down + across) - np.mean((-1.0) ** (down + across))]) < 1e-9  # a chessboard
    random = np.random.default_rng(0).normal(size=(10_000, side, side))
    assert smoothness(random) == pytest.approx(3 / side**2, abs=0.01)
    assert smoothness(1e-4 * random) == pytest.approx(smoothness(random))  # whatever their size
    assert smoothness([*random[:5], np.zeros((side, side))]) == pytest.approx(smoothness(random[:5]))
    with pytest.raises(FerError, match="no filter that is not zero"):
        smoothness(np.zeros((0, side, side)))


# --- runs beside claims -----------------------------------------------------------------------------------------------


def test_every_recipe_has_a_line_and_every_run_its_verdict():
    lines = {line.name: line for line in reproductions(RECIPES)}
    assert list(lines) == list(RECIPES)
    assert (lines["greblo-deep"].claim.value, lines["alizadeh-deep"].claim.value) == (59.07, 64)
    for line in lines.values():
        if line.run is None:
            assert line.verdict.startswith(("not run yet", "waits for a GPU"))
        elif line.claim is not None and line.claim.metric == "train_accuracy":
            assert line.verdict == f"train {line.run.history[-1]['train_accuracy']:.1%} at the end"
        elif line.claim is not None:
            score, claimed = line.run.score(), line.claim.value / 100
            expected = "above" if score.low > claimed else "below" if score.high < claimed else "fits"
            assert line.verdict.startswith(expected)


def test_a_network_with_a_claim_on_train_alone_is_set_beside_that():
    (line,) = (line for line in reproductions(RECIPES) if line.name == "ieee-six-conv-noaug")
    assert (line.claim.metric, line.claim.value) == ("train_accuracy", 99.64)
    assert "| 99.64 train |" in reproductions_table([line])


def test_a_papers_own_recipe_stands_beside_the_same_claim():
    lines = {line.name: line for line in reproductions(RECIPES)}
    assert lines["alizadeh-shallow-paper"].claim == lines["alizadeh-shallow"].claim


def test_the_table_has_a_row_a_line():
    lines = reproductions(RECIPES)
    rows = reproductions_table(lines).splitlines()
    assert len(rows) == len(lines) + 2
    assert all(row.count("|") == rows[0].count("|") for row in rows)


def test_a_row_says_what_the_run_says():
    (line,) = (line for line in reproductions(RECIPES) if line.name == "greblo-fc")
    run, row = line.run, reproductions_table([line]).splitlines()[-1]
    scores = map(run.score, ("test", "test_clean"))
    shown = [f"{100 * s.value:.1f} ({100 * s.low:.1f}-{100 * s.high:.1f})" for s in scores]
    assert shown[0] != shown[1], "or this would not see them exchanged"
    start, end = (
        ["greblo-fc", "35.35*"],
        [f"{run.seconds / 60:.1f}", f"{run.machine['device']}, float32", "above the claim"],
    )
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells == [*start, *shown, "30 epochs, adamw 0.0001", *end]


@pytest.mark.parametrize("name", list_runs())
def test_a_run_keeps_the_filters_of_its_first_layer(name):
    filters = load_run(name).filters
    assert filters.dtype == np.float16
    assert filters.ndim == 3


@pytest.mark.parametrize("name", ["batch-norm", "schedules", "dropout", "augmentation"])
def test_a_study_holds_what_differs_and_what_came_of_it(name):
    study = load_study(name)
    assert len({str(run["recipe"]) for run in study.runs.values()}) == len(study.runs)
    for label, run in study.runs.items():
        best = max((entry["validation_accuracy"] for entry in run["history"]), default=0.0)
        assert study.best(label) == best


def test_the_grid_has_the_cells_of_the_papers_table_at_one_budget():
    runs = load_study("salimov-grid").runs
    assert set(runs) == {claim.run for claim in claims(metric="search_accuracy")}
    for name, run in runs.items():
        layers, kernel = map(int, re.fullmatch(r"salimov-(\d)conv-(\d)x\2", name).groups())
        assert run["recipe"]["options"] == {"layers": layers, "kernel": kernel}
    first, *others = ({**run["recipe"], "options": None} for run in runs.values())
    assert all(other == first for other in others)


def test_an_unknown_study_is_answered_with_those_there_are():
    with pytest.raises(FerError, match=r"not a study that comes with fer_lib.*there are: augmentation, batch-norm"):
        load_study("dropuot")


# --- pretrained -------------------------------------------------------------------------------------------------------


def test_a_pretrained_model_is_the_published_one():
    ours, theirs = create_model("greblo-fc", pretrained=True), load_model("greblo-fc")
    assert all(torch.equal(a, b) for a, b in zip(ours.parameters(), theirs.parameters(), strict=True))
    assert not ours.training


def test_a_pretrained_model_takes_no_options():
    with pytest.raises(FerError, match="'greblo-fc' with its weights takes no options, found hidden"):
        create_model("greblo-fc", pretrained=True, hidden=(8,))


@pytest.mark.parametrize("name", sorted(file.stem for file in (PUBLISHED / "weights").glob("*.safetensors")))
def test_torch_hub_loads_every_published_model(name):
    root = str(Path(__file__).resolve().parents[1])
    model = torch.hub.load(root, name.replace("-", "_"), source="local")
    assert model(torch.zeros(1, 1, 48, 48)).shape == (1, load_run(name).test_logits.shape[1])
