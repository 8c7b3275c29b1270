"""`FaceSet`: what it holds fits together, and what does not is refused in one line."""

import numpy as np
import pytest

from fer_lib.data import FaceSet, load
from fer_lib.errors import DataError

IMAGES, LABELS = np.zeros((2, 48, 48), np.uint8), np.array([3, 6])


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"images": IMAGES[:0], "labels": LABELS[:0]}, "the test split holds no face"),
        ({"images": IMAGES.astype(float)}, r"images are float64 \[2, 48, 48\], expected uint8"),
        ({"images": IMAGES[:, :, :40]}, r"images are uint8 \[2, 48, 40\], expected uint8 \[N, 48, 48\]"),
        ({"labels": LABELS[:1]}, "2 images but 1 labels"),
        ({"labels": np.array([0.0, 1.5])}, r"labels are float64 \[2\], expected whole numbers"),
        ({"labels": LABELS[:, None]}, r"labels are int64 \[2, 1\], expected whole numbers"),
        ({"labels": np.array([3, 7])}, "test row 1: label 7, expected 0 to 6"),
        ({"labels": np.array([-1, 3])}, "test row 0: label -1, expected 0 to 6"),
        ({"targets": np.ones((2, 3), np.float32)}, r"targets are \[2, 3\], expected \[2, 7\]"),
        ({"votes": np.ones((1, 10))}, "2 images but 1 votes"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(arrays, message):
    with pytest.raises(DataError, match=message):
        FaceSet(**{"images": IMAGES, "labels": LABELS, "split": "test", **arrays})


@pytest.mark.parametrize("kind", [np.uint8, np.int32])
def test_whole_numbers_of_any_kind_become_the_same_labels(kind):
    faces = FaceSet(IMAGES, LABELS.astype(kind), "test")
    assert faces.labels.dtype == np.int64
    np.testing.assert_array_equal(faces.labels, LABELS)


def test_a_part_of_a_set_leads_back_to_its_rows():
    faces = load("synthetic", n=40).train
    some = faces[faces.labels == 3][::2]
    np.testing.assert_array_equal(some.images, faces.images[some.rows])
    np.testing.assert_array_equal(some.landmarks, faces.landmarks[some.rows])


def test_one_face_is_asked_for_by_its_image():
    with pytest.raises(DataError, match=r"one face is faces.images\[1\]"):
        FaceSet(IMAGES, LABELS, "test")[1]


def test_a_changed_pixel_label_or_split_changes_the_digest():
    splits = load("synthetic", n=40)
    same = load("synthetic", n=40)
    assert splits.digest() == same.digest()
    same.test.images[0, 0, 0] ^= 1
    assert splits.digest() != same.digest()
    assert splits.train.digest() == same.train.digest()
