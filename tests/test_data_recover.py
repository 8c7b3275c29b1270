"""What was lost in re-packing is found again by content."""

import sys
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from tiny import draw, stand_alone, tiny

from fer_lib.data import FaceSet, FaceSplits, load
from fer_lib.data.convert import WRITERS
from fer_lib.data.pictures import decode, encode
from fer_lib.data.reading import Reading
from fer_lib.data.recover import MAX_DIFFERENCE, match, recover
from fer_lib.errors import MissingExtra

pytestmark = pytest.mark.filterwarnings("ignore:.*scores do not compare")


@pytest.fixture(autouse=True)
def _alone(tmp_path, monkeypatch):
    stand_alone(tmp_path, monkeypatch)


def repack(folder, splits=None):
    folder.mkdir()
    WRITERS["kaggle2019"](splits or tiny(), folder)
    return folder


def reference(folder, splits=None):
    folder.mkdir()
    WRITERS["npz"](splits or tiny(), folder)
    return folder


def as_jpeg(part):
    return np.stack([decode(BytesIO(encode(image, "JPEG", quality=95)), "a face") for image in part.images])


def test_a_lost_split_is_recovered_when_an_exact_form_is_at_hand(tmp_path, monkeypatch):
    monkeypatch.setenv("FER_DATA", str(reference(tmp_path / "npz")))
    splits = load(repack(tmp_path / "kaggle2019"))
    for part, wanted in zip(splits, tiny(), strict=True):
        np.testing.assert_array_equal(part.images, as_jpeg(wanted))
        np.testing.assert_array_equal(part.labels, wanted.labels)


def test_an_exact_form_beside_the_folder_is_at_hand(tmp_path):
    WRITERS["npz"](tiny(), repack(tmp_path / "both"))
    assert [len(part) for part in load(tmp_path / "both" / "images")] == [28, 14, 14]


def test_a_reference_that_comes_later_is_used_in_spite_of_the_cache(tmp_path, monkeypatch):
    folder = repack(tmp_path / "kaggle2019")
    with pytest.warns(UserWarning, match="split is lost"):
        assert len(load(folder).train) != 28
    monkeypatch.setenv("FER_DATA", str(reference(tmp_path / "npz")))
    assert len(load(folder).train) == 28


def test_an_order_that_is_lost_is_recovered_too(tmp_path, monkeypatch):
    monkeypatch.setenv("FER_DATA", str(reference(tmp_path / "npz")))
    folder = tmp_path / "folders"
    folder.mkdir()
    WRITERS["folders"](tiny(), folder)
    for file in list(folder.rglob("*.png")):
        usage, number = file.stem.split("_")
        file.rename(file.with_name(f"{usage}_{(int(number) * 37) % 101 + 500}.png"))
    assert load(folder).digest() == tiny().digest()


def test_copies_of_a_photo_are_told_apart_by_label_and_else_stand_for_one_another(tmp_path, monkeypatch):
    train, validation, test = tiny()
    images = test.images.copy()
    images[0], images[1], images[2] = (
        train.images[0],
        train.images[0],
        images[9],
    )  # labels 0, 1, 2; of the copies 0, 0, 2
    splits = FaceSplits(train, validation, FaceSet(images, test.labels, "test"), "drawn", official=False)
    monkeypatch.setenv("FER_DATA", str(reference(tmp_path / "npz", splits)))
    for part, wanted in zip(load(repack(tmp_path / "kaggle2019", splits)), splits, strict=True):
        np.testing.assert_array_equal(part.images, as_jpeg(wanted))
        np.testing.assert_array_equal(part.labels, wanted.labels)


def test_faces_that_are_not_in_the_reference_leave_the_split_lost_and_are_counted(tmp_path, monkeypatch):
    monkeypatch.setenv("FER_DATA", str(reference(tmp_path / "npz")))
    folder = repack(tmp_path / "kaggle2019")
    for file in list((folder / "images" / "train" / "fear").iterdir())[:2]:
        Image.fromarray(draw(1, seed=99)[0]).save(file)
    with pytest.warns(UserWarning, match=r"split is lost.*\(2 of its 56 faces are not in .*fer2013.npz\)") as caught:
        assert not load(folder).official
    assert "\n" not in str(caught[0].message)


@pytest.mark.parametrize("beside", ["fer2013.csv", "train.parquet"])
def test_what_only_looks_like_a_reference_leaves_the_split_lost_and_says_why(tmp_path, beside):
    folder = repack(tmp_path / "kaggle2019")
    (folder / beside).write_text("the faces of somebody else")
    with pytest.warns(UserWarning, match=rf"split is lost.*\(.*{beside}.*\)") as caught:
        assert not load(folder / "images").official
    assert "\n" not in str(caught[0].message)


def test_a_reference_that_needs_an_extra_is_used_once_that_is_installed(tmp_path, monkeypatch):
    folder = repack(tmp_path / "both")
    WRITERS["parquet"](tiny(), folder)
    with monkeypatch.context() as without:
        without.setitem(sys.modules, "pyarrow.parquet", None)
        with pytest.raises(MissingExtra, match="pip install"):
            load(folder / "images")
    assert [len(part) for part in load(folder / "images")] == [28, 14, 14]


def test_recover_says_how_many_are_lost():
    splits = tiny()
    foreign = Reading(draw(3, seed=5), np.array([0, 1, 2]), np.zeros(3, int), in_order=False)
    assert recover(foreign, splits) == (None, 3)


def test_a_label_that_the_reference_does_not_hold_is_lost():
    splits = tiny()
    only_angry = FaceSplits(*(part[part.labels == 0] for part in splits), "drawn", official=False)
    reading = Reading(splits.train.images[:2], splits.train.labels[:2], np.zeros(2, int), in_order=False)
    assert recover(reading, only_angry) == (None, 1)


@given(order=st.permutations(range(20)), noise=st.integers(0, int(MAX_DIFFERENCE) - 1))
def test_every_face_finds_its_own_row_in_any_order(order, noise):
    faces = draw(20) // 2
    labels = np.arange(20) % 3
    np.testing.assert_array_equal(match(faces[order] + np.uint8(noise), labels[order], faces, labels), order)


def test_no_row_is_given_twice():
    faces = np.repeat(draw(3), 4, axis=0)
    rows = match(faces, np.zeros(12, int), faces[:8], np.zeros(8, int))
    assert sorted(rows[rows >= 0]) == list(range(8))
    assert (rows == -1).sum() == 4
    for row, face in zip(rows, faces, strict=True):
        assert row < 0 or (faces[row] == face).all()


def test_a_face_that_differs_too_much_is_not_matched():
    faces = draw(1) // 2
    assert match(faces + np.uint8(MAX_DIFFERENCE), np.zeros(1, int), faces, np.zeros(1, int)).tolist() == [-1]
