"""Every form of FER2013 gives the same faces, labels, split and order."""

import zipfile

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from tiny import EXACT_FORMS, stand_alone, tiny, write_votes

from fer_lib.data import FaceSet, FaceSplits, load
from fer_lib.data.convert import WRITERS, convert
from fer_lib.data.forms import FORMS, detect
from fer_lib.data.reading import USAGES
from fer_lib.errors import DataError
from fer_lib.labels import EMOTIONS

pytestmark = pytest.mark.filterwarnings("ignore:.*scores do not compare")


@pytest.fixture(autouse=True)
def _alone(tmp_path, monkeypatch):
    stand_alone(tmp_path, monkeypatch)


def write(form, folder, splits=None):
    folder.mkdir()
    WRITERS[form](splits or tiny(), folder)
    return folder


@pytest.mark.parametrize("form", EXACT_FORMS)
def test_a_lossless_form_gives_back_every_pixel_label_split_and_row(form, tmp_path):
    expected = tiny()
    splits = load(write(form, tmp_path / form))
    assert splits.digest() == expected.digest()
    for part, wanted in zip(splits, expected, strict=True):
        np.testing.assert_array_equal(part.images, wanted.images)
        np.testing.assert_array_equal(part.labels, wanted.labels)
        assert part.labels.dtype == np.int64
        assert part.split == wanted.split


@pytest.mark.parametrize("form", [*EXACT_FORMS, "kaggle2019"])
def test_a_folder_tells_its_form_by_what_lies_in_it(form, tmp_path):
    assert detect(write(form, tmp_path / form)).form.name == form


def test_every_form_that_is_read_but_archives_can_be_written():
    assert {form.name for form in FORMS} - {"zip"} == set(WRITERS)


@pytest.mark.parametrize(
    ("form", "file"), [("csv", "fer2013.csv"), ("icml", "icml_face_data.csv"), ("npz", "fer2013.npz")]
)
def test_the_path_of_a_file_serves_as_well_as_that_of_its_folder(form, file, tmp_path):
    folder = write(form, tmp_path / form)
    assert load(folder / file).digest() == load(folder).digest()
    assert load(folder / file).source == file


def test_the_two_csv_differ_as_their_real_ones_do(tmp_path):
    first = (write("csv", tmp_path / "csv") / "fer2013.csv").read_text().splitlines()[0]
    second = (write("icml", tmp_path / "icml") / "icml_face_data.csv").read_text().splitlines()[0]
    assert (first, second) == ("emotion,pixels,Usage", "emotion, Usage, pixels")


def test_rows_of_the_parts_may_stand_mixed_in_a_csv(tmp_path):
    path = write("csv", tmp_path / "csv") / "fer2013.csv"
    digest = load(path).digest()
    header, *lines = path.read_text().splitlines()
    path.write_text("\n".join([header, *lines[::2], *lines[1::2]]))
    mixed = load(path)
    assert [len(part) for part in mixed] == [28, 14, 14]
    assert mixed.digest() != digest
    path.write_text("\n".join([header, *sorted(lines, key=lambda line: line.endswith("Training"))]))
    assert load(path).digest() == digest


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    labels=st.lists(st.integers(0, 6), min_size=3, max_size=6),
    seed=st.integers(0, 2**32 - 1),
    form=st.sampled_from(EXACT_FORMS),
)
def test_any_faces_survive_writing_and_reading(labels, seed, form, tmp_path_factory):
    images = np.random.default_rng(seed).integers(0, 256, (len(labels), 48, 48), dtype=np.uint8)
    cuts = {"train": slice(2, None), "validation": slice(0, 1), "test": slice(1, 2)}
    parts = [FaceSet(images[cut], np.array(labels)[cut], name) for name, cut in cuts.items()]
    splits = FaceSplits(*parts, "drawn", official=False)
    assert load(write(form, tmp_path_factory.mktemp("any") / form, splits)).digest() == splits.digest()


def test_a_zip_is_read_like_what_it_holds_and_leaves_nothing_unpacked(tmp_path):
    folder = write("folders", tmp_path / "folders")
    with zipfile.ZipFile(tmp_path / "archive.zip", "w") as archive:
        for file in folder.rglob("*.png"):
            archive.write(file, file.relative_to(tmp_path))
    assert load(tmp_path / "archive.zip").digest() == tiny().digest()
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["faces"]


def test_parquet_parts_may_come_in_shards_and_be_called_validation(tmp_path):
    folder = write("parquet", tmp_path / "parquet")
    for name in ("train", "valid", "test"):
        whole = {"train": "train", "valid": "validation", "test": "test"}[name]
        (folder / f"{name}.parquet").rename(folder / f"{whole}-00000-of-00001.parquet")
    assert load(folder).digest() == tiny().digest()


class TestFolders:
    def test_jpegs_are_read(self, tmp_path):
        folder = write("folders", tmp_path / "folders")
        for file in list(folder.rglob("*.png")):
            Image.open(file).save(file.with_suffix(".jpg"), quality=95)
            file.unlink()
        splits = load(folder)
        difference = np.abs(splits.train.images.astype(int) - tiny().train.images).mean()
        assert 0 < difference < 5

    def test_files_that_an_operating_system_left_are_passed_over(self, tmp_path):
        folder = write("folders", tmp_path / "folders")
        (folder / "train" / ".DS_Store").write_text("not ours")
        (folder / "train" / "fear" / "._Training_00000002.png").write_text("not ours")
        (folder / "train" / "fear" / "Thumbs.db").write_text("not ours")
        assert load(folder).digest() == tiny().digest()

    def test_numbers_that_are_not_rows_keep_the_split_and_warn_of_the_order(self, tmp_path):
        folder = write("folders", tmp_path / "folders")
        for file in list(folder.rglob("*.png")):
            usage, number = file.stem.split("_")
            file.rename(file.with_name(f"{usage}_{(int(number) * 37) % 101 + 500}.png"))
        with pytest.warns(UserWarning, match="the split is official but the order is not"):
            splits = load(folder)
        assert not splits.official
        for part, wanted in zip(splits, tiny(), strict=True):
            assert sorted(map(bytes, part.images)) == sorted(map(bytes, wanted.images))

    def test_names_without_a_split_warn_that_it_is_lost(self, tmp_path):
        folder = write("kaggle2019", tmp_path / "kaggle2019")
        with pytest.warns(UserWarning, match="official split is lost") as caught:
            splits = load(folder)
        assert len(caught) == 1
        assert "\n" not in str(caught[0].message)
        assert not splits.official
        held_out = len(list((folder / "images" / "validation").rglob("*.jpg")))
        assert len(splits.train) == 56 - held_out
        assert abs(len(splits.validation) - len(splits.test)) <= 1

    @pytest.mark.filterwarnings("ignore:.*split is lost")
    def test_the_halves_of_a_lost_split_are_the_same_each_time(self, tmp_path, monkeypatch):
        folder = write("kaggle2019", tmp_path / "kaggle2019")
        first = load(folder).digest()
        monkeypatch.setenv("FER_CACHE", str(tmp_path / "another"))
        assert load(folder).digest() == first

    def test_the_folder_names_are_the_emotion_labels(self, tmp_path):
        folder = write("folders", tmp_path / "folders")
        assert {path.name for path in (folder / "test").iterdir()} == set(EMOTIONS)
        assert {path.name.split("_")[0] for path in folder.rglob("*.png")} == set(USAGES)


class TestWhereItIsLookedFor:
    def test_fer_data_comes_before_the_working_folder_and_that_before_the_cache(self, tmp_path, monkeypatch):
        for place, size in (("cache/fer2013", 29), ("here/data/fer2013", 30), ("named", 31)):
            (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
            write("npz", tmp_path / place, tiny(train=size))
            if place == "named":
                monkeypatch.setenv("FER_DATA", str(tmp_path / place))
            assert len(load().train) == size

    def test_fer_data_may_name_a_file(self, tmp_path, monkeypatch):
        monkeypatch.setenv("FER_DATA", str(write("csv", tmp_path / "csv") / "fer2013.csv"))
        assert load().digest() == tiny().digest()

    def test_a_relative_path_and_an_absolute_one_share_a_cache(self, tmp_path, monkeypatch):
        write("npz", tmp_path / "here" / "faces")
        load("faces")
        monkeypatch.setattr("fer_lib.data.npz.np.load", None)
        assert load(tmp_path / "here" / "faces").digest() == tiny().digest()

    def test_a_link_is_known_by_its_own_name_and_neighbours(self, tmp_path, monkeypatch):
        (tmp_path / "blobs").mkdir()
        (write("npz", tmp_path / "npz") / "fer2013.npz").rename(tmp_path / "blobs" / "0a1b")
        (tmp_path / "fer2013.npz").symlink_to(tmp_path / "blobs" / "0a1b")
        assert load(tmp_path / "fer2013.npz").digest() == tiny().digest()


class TestOfficial:
    """What holds of FER2013 itself, seen on 56 faces that stand for it."""

    @pytest.fixture(autouse=True)
    def _small(self, monkeypatch):
        monkeypatch.setattr("fer_lib.data.reading.OFFICIAL_SIZES", (28, 14, 14))
        monkeypatch.setattr("fer_lib.data.reading.official_labels", lambda _: np.arange(14) % 7)

    @pytest.mark.filterwarnings("error")
    def test_the_published_labels_in_their_order_are_official_and_carry_votes(self, tmp_path):
        folder = write("csv", tmp_path / "csv")
        write_votes(folder)
        splits = load(folder)
        assert splits.official
        assert [len(part.votes) for part in splits] == [28, 14, 14]

    def test_faces_in_another_order_are_not_official_and_carry_no_votes(self, tmp_path):
        train, validation, test = tiny()
        folder = write("csv", tmp_path / "csv", FaceSplits(train, validation, test[::-1], "drawn", official=False))
        write_votes(folder)
        with pytest.warns(UserWarning, match="labels do not stand in FER2013's order"):
            splits = load(folder)
        assert not splits.official
        assert splits.test.votes is None
        with pytest.raises(DataError, match="fit the official order only"), pytest.warns(match="do not stand in"):
            load(folder, labels="majority")

    def test_missing_faces_are_counted_also_where_the_order_is_lost(self, tmp_path):
        folder = write("folders", tmp_path / "folders")
        next((folder / "train").rglob("Training_00000000.png")).unlink()
        with pytest.warns(
            UserWarning,
            match=r"folders: the split is official but the order is not.*; 27 / 14 / 14 faces .* has 28 / 14 / 14",
        ):
            load(folder)

    def test_converted_they_keep_their_votes(self, tmp_path):
        folder = write("csv", tmp_path / "csv")
        write_votes(folder)
        assert convert(folder, "npz", tmp_path / "out").official
        assert load(tmp_path / "out", labels="majority").train.votes is not None


def test_faces_that_are_too_few_for_fer2013_are_not_official_and_say_so(tmp_path):
    with pytest.warns(UserWarning, match=r"28 / 14 / 14 faces to train, validate and test; FER2013 has 28,709 / 3,589"):
        splits = load(write("npz", tmp_path / "npz"))
    assert not splits.official
