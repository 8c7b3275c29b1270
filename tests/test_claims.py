"""The claims of the papers: well formed, plausible, checked against what the official parts allow."""

import re
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from fer_lib import claims as module
from fer_lib.claims import Claim, claims, papers
from fer_lib.data.splits import official_labels
from fer_lib.errors import DataError
from fer_lib.files import PUBLISHED
from fer_lib.labels import EMOTIONS

BIBLIOGRAPHY = Path(__file__).parents[1] / "book" / "references.bib"
METRICS = {
    "test_accuracy",
    "validation_accuracy",
    "train_accuracy",
    "search_accuracy",
    "cited_test_accuracy",
    "parameters",
    *(f"recall_{emotion}" for emotion in EMOTIONS),
}


def counts(split):
    """How many faces of an official part carry each label, by name."""
    return dict(zip(EMOTIONS, np.bincount(official_labels(split)).tolist(), strict=True))


def recall(run, emotion):
    (claim,) = claims(run=run, metric=f"recall_{emotion}")
    return claim.value


@pytest.mark.parametrize("claim", claims(), ids=lambda claim: f"{claim.run}-{claim.metric}-{claim.labels}")
def test_every_claim_is_well_formed_and_plausible(claim):
    assert claim.paper in papers()
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", claim.run)
    assert claim.metric in METRICS
    assert claim.labels in ("fer2013", "ferplus")
    assert all(isinstance(getattr(claim, field.name), str) for field in fields(Claim) if field.name != "value")
    assert claim.where
    if claim.metric == "parameters":
        assert isinstance(claim.value, int)
        assert claim.value > 100_000
    else:
        assert 0 <= claim.value <= 100


def test_no_number_is_claimed_twice():
    keys = [(claim.run, claim.metric, claim.labels) for claim in claims()]
    assert len(set(keys)) == len(keys)


def test_every_paper_claims_a_test_accuracy():
    assert {claim.paper for claim in claims(metric="test_accuracy")} == set(papers())


def test_the_file_has_one_claim_a_line_so_that_diffs_read_well():
    lines = (PUBLISHED / "claims.json").read_text(encoding="utf-8").splitlines()
    assert sum('"metric":' in line for line in lines) == len(claims())


def test_every_paper_is_in_the_bibliography_with_the_same_title_year_and_authors():
    if not BIBLIOGRAPHY.is_file():
        pytest.skip("no checkout: the book is not here")
    entries = BIBLIOGRAPHY.read_text(encoding="utf-8").split("\n@")
    entries = {re.match(r"@?\w+{(\w+),", entry)[1]: re.sub("[{}]", "", entry) for entry in entries if "{" in entry}
    for key, paper in papers().items():
        assert f"title = {paper.title},\n" in entries[key]
        assert f"year = {paper.year}" in entries[key]
        for author in paper.authors:
            first, last = author.rsplit(" ", 1)
            assert f"{last}, {first}" in entries[key]


def test_filters_narrow_and_combine():
    assert claims() == [claim for key in papers() for claim in claims(paper=key)]
    both = claims(paper="salimov2021", labels="ferplus")
    assert both == [claim for claim in claims(labels="ferplus") if claim.paper == "salimov2021"]
    assert 0 < len(both) < len(claims(paper="salimov2021"))


@pytest.mark.parametrize("field", ["run", "metric", "labels", "paper"])
def test_a_value_that_no_claim_has_gives_an_empty_list(field):
    assert claims(**{field: "nothing-like-that"}) == []
    assert claims(**{field: ""}) == []


def test_a_reader_who_changes_the_lists_changes_nothing_for_the_next():
    claims().clear()
    papers().clear()
    assert claims()
    assert papers()


def test_the_ladder_has_one_claim_a_network_and_greblos_climb_in_order():
    rungs = {claim.run: claim.value for claim in claims(metric="test_accuracy", labels="fer2013")}
    assert len(rungs) == len(claims(metric="test_accuracy", labels="fer2013"))
    climb = [rungs[f"greblo-{network}"] for network in ("fc", "shallow", "deep", "deeper")]
    assert climb == sorted(climb)


def test_the_search_grid_is_whole_and_its_best_is_the_network_that_salimov_and_yoo_propose():
    grid = {claim.run: claim.value for claim in claims(metric="search_accuracy")}
    assert set(grid) == {f"salimov-{layers}conv-{k}x{k}" for layers in range(2, 8) for k in range(2, 6)}
    assert max(grid, key=grid.get) == "salimov-6conv-2x2"
    (proposed,) = claims(run="salimov-small", metric="test_accuracy")
    assert proposed.value == max(grid.values())


# What the notes say about doubtful numbers, computed.


def test_what_singh_and_nasoz_call_test_is_public_test():
    validation, test = counts("validation"), counts("test")
    assert (validation["angry"], validation["happy"]) == (467, 895)  # the counts that the paper prints
    assert (test["angry"], test["happy"]) != (467, 895)
    for emotion in ("angry", "fear", "happy", "sad"):
        value, decimals = recall("ieee-six-conv", emotion), 2 if emotion in ("fear", "sad") else 1
        right = round(value / 100 * validation[emotion])
        assert round(100 * right / validation[emotion], decimals) == value
    (claim,) = claims(run="ieee-six-conv", metric="test_accuracy")
    assert claim.split == "PublicTest"


@pytest.mark.parametrize("split", ["validation", "test"])
def test_greblos_recall_of_disgust_cannot_come_from_an_official_part(split):
    n = counts(split)["disgust"]
    assert recall("greblo-deeper", "disgust") not in {round(100 * right / n, 1) for right in range(n + 1)}


@pytest.mark.parametrize("split", ["validation", "test"])
@pytest.mark.parametrize(("network", "implied"), [("shallow", 52), ("deep", 62)])
def test_alizadeh_and_fazels_recalls_do_not_add_up_to_their_accuracy(network, implied, split):
    n, run = counts(split), f"alizadeh-{network}"
    mean = sum(recall(run, emotion) * n[emotion] for emotion in EMOTIONS) / sum(n.values())
    assert mean == pytest.approx(implied, abs=0.6)
    (claim,) = claims(run=run, metric=f"{split}_accuracy")
    assert mean < claim.value - 1


# A damaged file.

GOOD = '{"papers": {"a2020": {"title": "A", "authors": [], "year": 2020, "url": ""}}, "claims": []}'


@pytest.fixture
def published(tmp_path, monkeypatch):
    """The folder that stands in for what is published with the library."""
    monkeypatch.setattr(module, "PUBLISHED", tmp_path)
    return tmp_path


@pytest.mark.parametrize("call", [claims, papers])
def test_a_missing_file_is_one_clear_line(published, call):
    with pytest.raises(DataError, match=r"claims\.json: .*FileNotFoundError") as caught:
        call()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"[]",
        b"\xff\xfe",
        GOOD[:40].encode(),
        b'{"papers": {}}',
        b'{"papers": [], "claims": []}',
        GOOD.replace('"url"', '"link"').encode(),
        GOOD.replace('"claims": []', '"claims": [{"run": "greblo-fc"}]').encode(),
        GOOD.replace('"claims": []', '"claims": [1]').encode(),
    ],
)
def test_a_damaged_file_is_one_clear_line(published, damage):
    (published / "claims.json").write_bytes(damage)
    with pytest.raises(DataError, match=r"claims\.json: not the claims that come with fer_lib") as caught:
        claims()
    assert "\n" not in str(caught.value)


def test_a_file_without_claims_is_no_error(published):
    (published / "claims.json").write_text(GOOD)
    assert claims() == []
    assert papers()["a2020"].year == 2020
