"""The real FER2013, at full size."""

import numpy as np
import pytest
from tiny import EXACT_FORMS

from fer_lib.bench import forms as bench
from fer_lib.data import load
from fer_lib.data.convert import convert
from fer_lib.data.reading import OFFICIAL_SIZES

pytestmark = pytest.mark.fer2013

#: Stands for images, labels and split of FER2013 as published.
DIGEST = "619ef816f93a8fa7"


def test_it_is_official_and_carries_its_votes(fer2013):
    splits = load(fer2013)
    assert splits.official
    assert splits.digest() == DIGEST
    assert tuple(map(len, splits)) == OFFICIAL_SIZES
    for part in splits:
        assert part.votes.shape == (len(part), 10)
        assert np.median(part.votes.sum(1)) == 10


def test_microsofts_rule_keeps_as_many_faces_as_microsoft_does(fer2013):
    splits = load(fer2013, labels="majority")
    assert tuple(map(len, splits)) == (25_060, 3_199, 3_153)
    for part, whole in zip(splits, load(fer2013), strict=True):
        np.testing.assert_array_equal(part.images[::97], whole.images[part.rows[::97]])


@pytest.mark.parametrize("form", EXACT_FORMS)
def test_every_lossless_form_has_the_same_digest_within_600_mb(fer2013, tmp_path, form):
    convert(fer2013, form, tmp_path / form)
    row = bench.measure(form, tmp_path / form)
    assert row["digest"] == DIGEST
    assert row["official"]
    assert row["memory"] < 600


def test_the_split_that_the_form_of_2019_has_lost_is_recovered_whole(fer2013, tmp_path, monkeypatch):
    convert(fer2013, "kaggle2019", tmp_path / "kaggle2019")
    monkeypatch.setenv("FER_DATA", str(fer2013))
    recovered, published = load(tmp_path / "kaggle2019"), load(fer2013)
    assert recovered.official
    for part, whole in zip(recovered, published, strict=True):
        np.testing.assert_array_equal(part.labels, whole.labels)
        np.testing.assert_array_equal(part.votes, whole.votes)
        difference = np.abs(part.images.astype(np.int16) - whole.images).mean((1, 2))
        assert difference.max() < 2
