"""The audit finds what is planted, and nothing else; on the real FER2013 it finds what is known."""

import dataclasses
import json
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fer_lib.data import FaceSet, FaceSplits, load
from fer_lib.data.audit import Audit, audit, best_match, thumbnails, write_splits
from fer_lib.data.splits import audit_findings, clean_rows, official_labels, official_votes, people_confusion
from fer_lib.errors import DataError
from fer_lib.labels import EMOTIONS, FERPLUS_EMOTIONS


def noise(seed, train=40, validation=10, test=12):
    """Three parts of unrelated smooth images."""
    random = np.random.default_rng(seed)

    def part(count, split):
        coarse = random.integers(0, 256, (count, 8, 8), dtype=np.uint8)
        images = coarse.repeat(6, axis=1).repeat(6, axis=2)
        return FaceSet(images, random.integers(0, 7, count), split)

    return FaceSplits(part(train, "train"), part(validation, "validation"), part(test, "test"), "noise", False)


def with_test_image(splits, row, image, label=None):
    """Put an image, and a label if given, at a row of the test part."""
    images, labels = splits.test.images.copy(), splits.test.labels.copy()
    images[row] = image
    labels[row] = labels[row] if label is None else label
    return dataclasses.replace(splits, test=dataclasses.replace(splits.test, images=images, labels=labels))


@given(seed=st.integers(0, 1000))
@settings(max_examples=15, deadline=None)
def test_unrelated_images_are_all_clean(seed):
    found = audit(noise(seed))
    assert found.unique == 62
    assert found.groups == found.copies["test_in_either"] == found.near["test_in_either"] == 0
    assert found.clean == list(range(12))


@given(
    seed=st.integers(0, 1000),
    row=st.integers(0, 11),
    source=st.integers(0, 9),
    part=st.sampled_from(["train", "validation"]),
)
@settings(max_examples=20, deadline=None)
def test_a_planted_copy_is_always_found(seed, row, source, part):
    splits = noise(seed)
    found = audit(with_test_image(splits, row, getattr(splits, part).images[source]))
    assert found.copies[f"test_in_{part}"] == found.copies["test_in_either"] == found.groups == 1
    assert found.unique == 61
    assert row not in found.clean
    assert len(found.clean) == 11


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (lambda image: np.clip(image * 0.7 + 30, 0, 255).astype(np.uint8), "darker and flatter"),
        (lambda image: np.where(np.random.default_rng(0).random((48, 48)) < 0.02, 255, image), "with specks"),
        (lambda image: np.roll(image, 1, axis=1), "moved by a pixel"),
    ],
)
def test_a_near_copy_is_found(change, kind):
    splits = noise(1)
    found = audit(with_test_image(splits, 3, change(splits.train.images[7])))
    assert found.copies["test_in_either"] == 0, kind
    assert found.near["test_in_either"] == 1, kind
    assert 3 not in found.clean, kind


def test_a_mirrored_copy_is_counted_on_its_own_and_not_clean():
    splits = noise(2)
    found = audit(with_test_image(splits, 5, splits.train.images[7][:, ::-1]))
    assert found.near["test_in_either"] == 0
    assert found.near["test_mirrored"] == 1
    assert 5 not in found.clean


def test_equal_images_with_different_labels_are_conflicts():
    splits = noise(3)
    other = (splits.train.labels[7] + 1) % 7
    found = audit(with_test_image(splits, 5, splits.train.images[7], label=other))
    assert found.conflicts == {"groups": 1, "images": 2}
    same = audit(with_test_image(splits, 5, splits.train.images[7], label=splits.train.labels[7]))
    assert same.conflicts == {"groups": 0, "images": 0}


def test_images_of_one_grey_value_are_counted_and_resemble_nothing():
    splits = noise(4)
    found = audit(with_test_image(splits, 0, np.full((48, 48), 128, np.uint8)))
    assert found.constant == {"train": 0, "validation": 0, "test": 1}
    assert 0 in found.clean


def test_a_blank_copy_is_a_near_copy_too():
    train, validation, test = noise(4)
    blank = np.full((48, 48), 128, np.uint8)
    parts = [dataclasses.replace(part, images=part.images.copy()) for part in (train, validation)]
    for part in parts:
        part.images[0] = blank
    found = audit(FaceSplits(*parts, test, "blank", False))
    assert found.copies["validation_in_train"] == found.near["validation_in_train"] == 1


def test_votes_are_read_as_people_and_as_labels():
    splits = noise(5, train=1, validation=1, test=2)
    votes = np.zeros((2, 10), np.int64)
    votes[0, :2] = 5  # five say neutral, five say happiness
    votes[1, -1] = 10  # not a face
    parts = [dataclasses.replace(part, votes=votes[: len(part)]) for part in splits]
    test = dataclasses.replace(parts[2], labels=np.array([6, 0]))  # neutral, angry
    found = audit(FaceSplits(parts[0], parts[1], test, "votes", False)).votes
    assert found["not_a_face"] == 1
    assert found["tagger_agreement"] == pytest.approx((2 * 5 * 4 / 90 + 1) / 2, abs=1e-6)
    assert found["label_agreement"] == 0.5


def test_thumbnails_correlate_as_numpy_says():
    images = noise(6).train.images
    small = images.reshape(-1, 24, 2, 24, 2).mean((2, 4)).reshape(len(images), -1)
    np.testing.assert_allclose(thumbnails(images) @ thumbnails(images).T, np.corrcoef(small), atol=1e-4)
    np.testing.assert_allclose(best_match(thumbnails(images[:5]), thumbnails(images), chunk=2), 1, atol=1e-5)


def test_the_table_has_a_line_for_every_finding_and_votes_only_where_there_are_some():
    table = audit(noise(7)).table()
    assert "clean test faces" in table
    assert "taggers" not in table


def test_what_is_written_can_be_read_again(tmp_path, monkeypatch):
    splits = noise(8)
    parts = [dataclasses.replace(part, votes=np.ones((len(part), 10), np.int64)) for part in splits]
    splits = FaceSplits(*parts, "votes", False)
    found = audit(splits)
    write_splits(splits, found, tmp_path)
    read = json.loads((tmp_path / "audit.json").read_text())
    assert Audit(**read, clean=np.loadtxt(tmp_path / "test_clean.txt", dtype=int).tolist()) == found
    rows = np.loadtxt(tmp_path / "test.csv", delimiter=",", skiprows=1, dtype=int)
    np.testing.assert_array_equal(rows[:, 1], splits.test.labels)
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "audit.json",
        "test.csv",
        "test_clean.txt",
        "validation.csv",
    ]


# --- what is published ------------------------------------------------------------------------------------------------


def test_published_labels_have_the_official_counts():
    assert np.bincount(official_labels("validation")).tolist() == [467, 56, 496, 895, 653, 415, 607]
    assert np.bincount(official_labels("test")).tolist() == [491, 55, 528, 879, 594, 416, 626]
    for split in ("validation", "test"):
        assert list(audit_findings().counts[split].values()) == np.bincount(official_labels(split)).tolist()
        assert official_votes(split).shape == (3589, 10)


def test_the_published_clean_list_is_what_the_findings_say():
    rows, near = clean_rows(), audit_findings().near
    assert len(rows) == 3589 - near["test_in_either"] - near["test_mirrored"]
    assert (np.diff(rows) > 0).all()
    assert rows.min() >= 0
    assert rows.max() < 3589


@pytest.mark.parametrize("split", ["validation", "test"])
def test_people_confuse_what_a_count_of_each_vote_says(split):
    names = {"anger": "angry", "happiness": "happy", "sadness": "sad"}  # the others are called the same
    counts = dict.fromkeys(product(EMOTIONS, EMOTIONS), 0)
    for label, votes in zip(official_labels(split), official_votes(split), strict=True):
        for name, count in zip(FERPLUS_EMOTIONS, votes[:8], strict=True):
            if name != "contempt":
                counts[EMOTIONS[label], names.get(name, name)] += int(count)
    table = people_confusion(split)
    for r, row in enumerate(EMOTIONS):
        total = sum(counts[row, column] for column in EMOTIONS)
        assert table[r].tolist() == pytest.approx([counts[row, column] / total for column in EMOTIONS])


def test_labels_of_train_are_not_published():
    with pytest.raises(DataError, match="no published labels for 'train'"):
        official_labels("train")


@pytest.mark.fer2013
def test_the_real_fer2013_holds_what_is_known(fer2013):
    splits = load(fer2013)
    found = audit(splits)
    assert (found.unique, found.groups) == (34_036, 1_514)
    assert found.copies["test_in_train"] == 288
    assert found.copies["test_in_either"] == 314
    assert found.copies["validation_in_train"] == 280
    assert found.conflicts == {"groups": 56, "images": 158}
    assert sum(found.constant.values()) == 12
    assert found.votes["not_a_face"] == 176
    assert found == audit_findings(), "what is published is what the audit finds"
    np.testing.assert_array_equal(official_labels("test"), splits.test.labels)
    np.testing.assert_array_equal(official_votes("validation"), splits.validation.votes)


def test_what_is_published_cannot_be_written_to():
    for array in (official_labels("test"), official_votes("test"), clean_rows()):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_a_blank_image_that_stands_in_train_too_is_not_clean():
    blank = np.full((48, 48), 128, np.uint8)
    splits = with_test_image(noise(9), 0, blank)
    train = dataclasses.replace(splits.train, images=np.concatenate([blank[None], splits.train.images[1:]]))
    found = audit(dataclasses.replace(splits, train=train))
    assert found.copies["test_in_train"] == 1
    assert 0 not in found.clean
