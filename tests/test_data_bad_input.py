"""Bad data gives one clear line, which names where it is and what was expected, and leaves nothing behind."""

import errno
import io
import os
import shutil
import struct
import zipfile
import zlib

import numpy as np
import pytest
from PIL import Image
from tiny import cached_files, one_line, stand_alone, tiny, write_votes

from fer_lib.data import archive, load
from fer_lib.data.convert import WRITERS, convert
from fer_lib.data.find import places
from fer_lib.errors import DataError, MissingExtra

pytestmark = pytest.mark.filterwarnings("ignore:.*scores do not compare")
PIXELS = " ".join(["7"] * 2304)


@pytest.fixture(autouse=True)
def _alone(tmp_path, monkeypatch):
    stand_alone(tmp_path, monkeypatch)


@pytest.fixture
def refused(tmp_path):
    """Return a function that tries to load, and gives the message of the error."""

    def refused(source="auto", **options):
        with pytest.raises(DataError) as caught:
            load(source, **options)
        assert cached_files(tmp_path) == []
        return one_line(caught)

    return refused


class TestCsv:
    @pytest.fixture
    def csv(self, tmp_path):
        """Return a function that writes a csv of a header and lines."""

        def csv(*lines, header="emotion,pixels,Usage"):
            path = tmp_path / "fer2013.csv"
            path.write_text("\n".join([header, *lines]))
            return path

        return csv

    def test_missing(self, tmp_path, refused):
        assert refused(tmp_path / "fer2013.csv") == f"{tmp_path}/fer2013.csv: no such file or folder"

    def test_empty(self, csv, refused):
        path = csv(header="")
        assert refused(path) == f"{path} line 1: columns nothing; expected emotion, pixels, Usage"

    @pytest.mark.parametrize("header", ["label,pixels,Usage", "emotion,pixels", "Emotion,Pixels,usage", "x" * 5000])
    def test_wrong_columns(self, csv, refused, header):
        message = refused(csv(f"0,{PIXELS},Training", header=header))
        assert "line 1: columns " + header.split(",")[0][:80] in message
        assert "expected emotion, pixels, Usage" in message
        assert len(message) < 400

    @pytest.mark.parametrize(
        ("line", "found", "expected"),
        [
            (f"0,{PIXELS[:-2]},Training", "line 3: 2,303 pixels", "expected 2,304"),
            (f"0,{PIXELS} 7,Training", "line 3: 2,305 pixels", "expected 2,304"),
            (f"0,{PIXELS[:-1]}300,Training", "line 3: pixel '300'", "0 to 255"),
            (f"0,{PIXELS[:-1]}-1,Training", "line 3: pixel '-1'", "0 to 255"),
            (f"0,{PIXELS[:-1]}abc,Training", "line 3: pixel 'abc'", "0 to 255"),
            (f"0,{PIXELS[:-1]}7.5,Training", "line 3: pixel '7.5'", "0 to 255"),
            (f"7,{PIXELS},Training", "line 3: emotion '7'", "0 to 6"),
            (f"-1,{PIXELS},Training", "line 3: emotion '-1'", "0 to 6"),
            (f"happy,{PIXELS},Training", "line 3: emotion 'happy'", "0 to 6"),
            (f"0,{PIXELS},Test", "line 3: Usage 'Test'", "Training, PublicTest or PrivateTest"),
            ("0,7 7 7", "line 3: 2 fields", "expected 3: is the file cut short?"),
            (f'0,"{PIXELS}', "line 3: 2 fields", "expected 3: is the file cut short?"),
        ],
    )
    def test_a_wrong_line_is_named_with_what_it_holds(self, csv, refused, line, found, expected):
        path = csv(f"0,{PIXELS},Training", line)
        message = refused(path)
        assert message.startswith(f"{path} {found}")
        assert expected in message

    def test_cut_short_anywhere_in_its_last_line(self, tmp_path, refused):
        WRITERS["csv"](tiny(), tmp_path)
        path = tmp_path / "fer2013.csv"
        whole = path.read_bytes()
        last = whole.rstrip().rfind(b"\n") + 1
        for end in range(last + 1, len(whole) - 3, 1500):
            path.write_bytes(whole[:end])
            assert f"{path} line 57: " in refused(path)

    def test_no_text_at_all(self, tmp_path, refused):
        path = tmp_path / "fer2013.csv"
        path.write_bytes(b"emotion,pixels,Usage\n\xff\xfe\x00binary")
        assert "not text in csv form" in refused(path)

    @pytest.mark.parametrize("missing", ["Training", "PublicTest", "PrivateTest"])
    def test_an_empty_part(self, csv, refused, missing):
        usages = {"Training": "train", "PublicTest": "validation", "PrivateTest": "test"}
        path = csv(*(f"0,{PIXELS},{usage}" for usage in usages if usage != missing))
        assert refused(path) == (f"{path}: the {usages[missing]} part ({missing}) is empty, expected at least one face")

    def test_unreadable(self, csv, refused, monkeypatch):
        path = csv(f"0,{PIXELS},Training")

        def forbidden(name, *_, **__):
            raise PermissionError(errno.EACCES, "Permission denied", str(name))

        monkeypatch.setattr("fer_lib.data.csv_form.open", forbidden, raising=False)
        assert refused(path) == f"{path}: cannot be read (Permission denied)"


class TestFolders:
    @pytest.fixture
    def folders(self, tmp_path):
        folder = tmp_path / "folders"
        folder.mkdir()
        WRITERS["folders"](tiny(), folder)
        return folder

    def test_the_folder_of_a_label_missing(self, folders, refused):
        for file in (folders / "test" / "disgust").iterdir():
            file.unlink()
        (folders / "test" / "disgust").rmdir()
        assert refused(folders) == (f"{folders}/test: no folder disgust, expected one for each of the 7 emotion labels")

    def test_both_test_and_validation(self, folders, refused):
        (folders / "validation").mkdir()
        assert refused(folders) == f"{folders}: holds test and validation, expected one of the two beside train"

    def test_the_folder_of_a_label_misspelt(self, folders, refused):
        (folders / "train" / "surprise").rename(folders / "train" / "suprise")
        assert refused(folders).startswith(f"{folders}/train/suprise: not an emotion label, expected angry, disgust")

    def test_a_part_missing(self, folders, refused):
        (folders / "test").rename(folders / "tests")
        assert refused(folders) == f"{folders}: no folder validation, expected train and test (or validation)"

    def test_no_picture_at_all(self, folders, refused):
        for file in folders.rglob("*.png"):
            file.unlink()
        assert refused(folders) == f"{folders}: no picture in any folder of an emotion label"

    def test_a_name_unlike_the_others(self, folders, refused):
        path = folders / "train" / "angry" / "me.png"
        (folders / "train" / "angry" / "Training_00000000.png").rename(path)
        assert refused(folders) == f"{path}: named unlike the other files, expected Training_<number>.jpg or .png"

    def test_a_test_picture_in_the_training_folder(self, folders, refused):
        path = folders / "train" / "angry" / "PrivateTest_00000000.png"
        (folders / "train" / "angry" / "Training_00000000.png").rename(path)
        assert refused(folders).startswith(f"{path}: named unlike the other files, expected Training_")

    @pytest.mark.parametrize(
        ("picture", "found"),
        [
            (Image.new("L", (50, 48)), "50x48 pixels, expected 48x48"),
            (Image.new("RGBA", (48, 48)), "a picture of mode RGBA, expected 8-bit grey (L)"),
            (Image.new("I;16", (48, 48)), "a picture of mode I;16, expected 8-bit grey (L)"),
        ],
    )
    def test_a_picture_of_another_kind(self, folders, refused, picture, found):
        path = folders / "train" / "fear" / "Training_00000002.png"
        picture.save(path)
        assert refused(folders) == f"{path}: {found}"

    @pytest.mark.parametrize(
        "content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n", b"GIF89a\x30\x00\x30\x00\x00\x00\x00;"]
    )
    def test_no_picture(self, folders, refused, content):
        path = folders / "train" / "fear" / "Training_00000002.png"
        path.write_bytes(content)
        assert refused(folders) == f"{path}: not a whole PNG or JPEG picture"

    def test_a_picture_cut_short(self, folders, refused):
        path = folders / "train" / "fear" / "Training_00000002.png"
        path.write_bytes(path.read_bytes()[:-60])
        assert refused(folders) == f"{path}: not a whole PNG or JPEG picture"

    @pytest.mark.parametrize("side", [5_000, 60_000])
    def test_a_small_file_that_would_unpack_to_a_huge_picture_is_not_unpacked(self, folders, refused, side):
        path = folders / "train" / "fear" / "Training_00000002.png"
        path.write_bytes(png_header(side))
        assert f"expected {'48x48'}" in refused(folders)


def png_header(side):
    """Return a PNG that claims side x side grey pixels and holds next to none."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"0")) + chunk(b"IEND", b"")


class TestNpz:
    GOOD = {  # noqa: RUF012
        "images": np.zeros((3, 48, 48), np.uint8),
        "emotion": np.array([0, 1, 6]),
        "usage": np.array([0, 1, 2]),
    }

    @pytest.mark.parametrize(
        ("change", "found"),
        [
            ({"emotion": None, "labels": np.zeros(3)}, "no array emotion but images, usage, labels; expected images, "),
            ({"images": np.zeros((3, 48, 48))}, "images are float64 [3, 48, 48], expected uint8 [N, 48, 48]"),
            ({"images": np.zeros((3, 64, 64), np.uint8)}, "images are uint8 [3, 64, 64], expected uint8 [N, 48, 48]"),
            ({"emotion": np.array([0, 7, 0])}, " row 1: label 7, expected 0 to 6"),
            ({"emotion": np.array([0.0, 1.0, 2.0])}, "labels are float64 [3], expected integers [N]"),
            ({"usage": np.array([0, 1, 3])}, " row 2: usage 3, expected 0, 1 or 2"),
            ({"usage": np.array([0, 1])}, "3 images, 3 emotion and 2 usage, expected as many"),
            ({"emotion": np.array([{}, {}, {}])}, "an array cannot be read (Object arrays cannot be loaded"),
            ({"usage": np.array([[0], [1], [2]])}, "usage is int64 [3, 1], expected integers [N]"),
            ({"usage": np.array([0.0, 1.0, 2.0])}, "usage is float64 [3], expected integers [N]"),
        ],
    )
    def test_wrong_arrays(self, tmp_path, refused, change, found):
        path = tmp_path / "fer2013.npz"
        arrays = {key: array for key, array in {**self.GOOD, **change}.items() if array is not None}
        np.savez(path, **arrays)
        assert refused(path).startswith(f"{path}{'' if found.startswith(' row') else ': '}{found}")

    def test_pickled_objects_are_never_opened(self, tmp_path, refused):
        class Bomb:
            def __reduce__(self):
                return (tmp_path.joinpath("exploded").touch, ())

        path = tmp_path / "fer2013.npz"
        np.savez(path, **{**self.GOOD, "usage": np.array([Bomb(), 1, 2], dtype=object)})
        assert "Object arrays cannot be loaded" in refused(path)
        assert not (tmp_path / "exploded").exists()

    @pytest.mark.parametrize("keep", [0, 100, -30])
    def test_cut_short(self, tmp_path, refused, keep):
        path = tmp_path / "fer2013.npz"
        np.savez(path, **self.GOOD)
        path.write_bytes(path.read_bytes()[:keep])
        assert refused(path) == f"{path}: not a zip archive, or one that is cut short"

    def test_a_damaged_member(self, tmp_path, refused):
        path = tmp_path / "fer2013.npz"
        np.savez(path, **self.GOOD)
        content = bytearray(path.read_bytes())
        content[1000] ^= 0xFF
        path.write_bytes(content)
        assert refused(path).startswith(f"{path}: an array cannot be read (Bad CRC-32")

    def test_a_header_of_an_array_that_is_no_python(self, tmp_path, refused):
        path = tmp_path / "fer2013.npz"
        np.savez(path, **{**self.GOOD, "images": np.zeros((50, 48, 48), np.uint8)})
        content = path.read_bytes()
        assert b"), }" in content
        path.write_bytes(content.replace(b"), }", b"(, }", 1))
        assert refused(path).startswith(f"{path}: an array cannot be read (")

    def test_a_bomb_is_not_unpacked(self, tmp_path, refused, monkeypatch):
        monkeypatch.setattr(archive, "MAX_UNPACKED", 5_000)
        path = tmp_path / "fer2013.npz"
        np.savez_compressed(path, **self.GOOD)
        assert f"{path}: would unpack to" in refused(path)


class TestParquet:
    @pytest.fixture
    def parquet(self, tmp_path):
        pytest.importorskip("pyarrow")
        folder = tmp_path / "parquet"
        folder.mkdir()
        WRITERS["parquet"](tiny(), folder)
        return folder

    def rewrite(self, path, **columns):
        import pyarrow as pa
        import pyarrow.parquet as pq

        pq.write_table(pa.table(columns), path)

    def test_no_label_column(self, parquet, refused):
        self.rewrite(parquet / "test.parquet", image=[{"bytes": b"", "path": ""}], emotion=[0])
        assert refused(parquet) == f"{parquet}/test.parquet: no column label but image, emotion; expected image, label"

    def test_labels_out_of_range_or_missing(self, parquet, refused):
        buffer = io.BytesIO()
        Image.new("L", (48, 48)).save(buffer, "PNG")
        picture = {"bytes": buffer.getvalue(), "path": ""}
        self.rewrite(parquet / "test.parquet", image=[picture, picture], label=[0, 7])
        assert refused(parquet) == f"{parquet}/test.parquet row 1: label 7, expected 0 to 6"
        self.rewrite(parquet / "test.parquet", image=[picture, picture], label=[0, None])
        assert "labels are object [2], expected integers [N]" in refused(parquet)

    @pytest.mark.parametrize("image", [["a"], [{"path": "a.png"}], [None]])
    def test_images_without_bytes(self, parquet, refused, image):
        self.rewrite(parquet / "test.parquet", image=image, label=[0])
        assert refused(parquet) == (
            f"{parquet}/test.parquet row 0: the image holds no bytes, expected a struct of bytes and path"
        )

    def test_a_picture_that_is_none(self, parquet, refused):
        self.rewrite(parquet / "test.parquet", image=[{"bytes": b"no picture", "path": ""}], label=[0])
        assert refused(parquet) == f"{parquet}/test.parquet row 0: not a whole PNG or JPEG picture"

    @pytest.mark.parametrize("keep", [0, 40, -40])
    def test_not_a_parquet_or_cut_short(self, parquet, refused, keep):
        path = parquet / "valid.parquet"
        path.write_bytes(path.read_bytes()[:keep])
        assert refused(parquet) == f"{path}: not a parquet file, or one that is cut short or damaged"

    def test_damage_inside_names_the_file(self, parquet, refused):
        path = parquet / "valid.parquet"
        content = bytearray(path.read_bytes())
        content[4:20] = bytes(16)  # the header of the first page
        path.write_bytes(content)
        assert refused(parquet) == f"{path}: not a parquet file, or one that is cut short or damaged"

    def test_a_shard_without_rows_is_no_harm(self, parquet):
        self.rewrite(parquet / "test-1.parquet", image=[], label=[])
        assert [len(part) for part in load(parquet)] == [28, 14, 14]

    def test_a_part_missing(self, parquet, refused):
        (parquet / "valid.parquet").unlink()
        assert refused(parquet) == f"{parquet}: no valid.parquet, expected train, valid and test"

    def test_without_pyarrow_the_error_names_the_command_that_installs_it(self, parquet, monkeypatch):
        monkeypatch.setitem(__import__("sys").modules, "pyarrow.parquet", None)
        with pytest.raises(MissingExtra) as caught:
            load(parquet)
        assert "pip install 'fer_lib[data]'" in one_line(caught)


class TestZip:
    @pytest.mark.parametrize(
        "name", ["../outside.csv", "a/../../outside.csv", "/outside.csv", "..\\outside.csv", "C:\\a.csv"]
    )
    def test_a_member_that_leads_outside_is_refused_and_nothing_unpacked(self, tmp_path, refused, name, monkeypatch):
        (tmp_path / "temporary").mkdir()
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
        path = tmp_path / "archive.zip"
        with zipfile.ZipFile(path, "w") as file:
            file.writestr("inside.txt", "harmless")
            file.writestr(name, "harmful")
        assert "leads outside the folder it is unpacked in" in refused(path)
        assert not list(tmp_path.rglob("*outside.csv"))
        assert list((tmp_path / "temporary").iterdir()) == []

    def test_a_bomb_is_not_unpacked(self, tmp_path, refused):
        path = tmp_path / "archive.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr("fer2013.csv", b"0")
            file.filelist[0].file_size = 50 * 10**9
        assert refused(path) == f"{path}: would unpack to 50.0 GB, expected at most 2.1 GB"

    def test_a_member_that_holds_more_than_it_declares_is_not_unpacked_further(self, tmp_path, refused):
        path = tmp_path / "archive.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr("fer2013.csv", bytes(10**6))
            file.filelist[0].file_size = 10
        assert "a member cannot be unpacked (Bad CRC-32" in refused(path)

    def test_an_error_in_what_it_holds_names_the_archive(self, tmp_path, refused):
        path = tmp_path / "archive.zip"
        with zipfile.ZipFile(path, "w") as file:
            file.writestr("fer2013.csv", "emotion,pixels,Usage\n7,0,Training\n")
        assert refused(path).startswith(f"{path}/fer2013.csv line 2: ")

    def test_a_warning_on_what_it_holds_names_the_archive(self, tmp_path):
        (tmp_path / "kaggle2019").mkdir()
        WRITERS["kaggle2019"](tiny(), tmp_path / "kaggle2019")
        shutil.make_archive(tmp_path / "archive", "zip", tmp_path / "kaggle2019")
        for _ in range(2):  # once read, and once from the cache
            with pytest.warns(UserWarning, match="split is lost") as caught:
                load(tmp_path / "archive.zip")
            assert str(caught[0].message).startswith(f"{tmp_path}/archive.zip: ")

    def test_nothing_known_in_it(self, tmp_path, refused):
        path = tmp_path / "archive.zip"
        with zipfile.ZipFile(path, "w") as file:
            file.writestr("notes.txt", "nothing")
        assert refused(path).startswith(f"{path}: holds no FER2013 in a known form, expected one of fer2013.npz, ")

    def test_not_a_zip(self, tmp_path, refused):
        path = tmp_path / "archive.zip"
        path.write_text("nothing")
        assert refused(path) == f"{path}: not a zip archive, or one that is cut short"


class TestVotes:
    @pytest.fixture
    def npz(self, tmp_path):
        WRITERS["npz"](tiny(), tmp_path)
        return tmp_path / "fer2013.npz"

    def refused_votes(self, npz):
        with pytest.raises(DataError) as caught:
            load(npz, labels="majority")
        return one_line(caught)

    def test_none_there(self, npz):
        message = self.refused_votes(npz)
        assert message.startswith(f"labels 'majority' need FER+ votes: no fer2013new.csv beside {npz}, nor in ")
        assert str(places()[-1]) in message

    def test_of_another_length(self, npz, tmp_path):
        path = write_votes(tmp_path, sizes=(28, 13, 14))
        assert self.refused_votes(npz) == f"{path}: 13 validation rows, expected 14 as in the data"

    @pytest.mark.parametrize("vote", ["-1", "many", "", "2.5", "1e3", "9" * 30])
    def test_no_number_of_votes(self, npz, tmp_path, vote):
        path = write_votes(tmp_path)
        lines = path.read_text().splitlines()
        lines[3] = f"Training,fer2.png,{vote},0,0,0,0,0,0,0,0,0"
        path.write_text("\n".join(lines))
        found = f"{path} line 4: neutral {vote[:20]!r}, expected a whole number of votes from 0 up"
        assert self.refused_votes(npz) == found

    def test_cut_short(self, npz, tmp_path):
        path = write_votes(tmp_path)
        path.write_text(path.read_text()[:-10])
        assert self.refused_votes(npz).startswith(f"{path} line 57: ")

    def test_a_column_missing(self, npz, tmp_path):
        path = write_votes(tmp_path)
        path.write_text(path.read_text().replace("contempt", "boredom"))
        assert self.refused_votes(npz).startswith(f"{path} line 1: no column contempt, expected Usage, neutral")

    def test_an_unknown_usage(self, npz, tmp_path):
        path = write_votes(tmp_path)
        path.write_text(path.read_text().replace("PublicTest", "Public"))
        assert self.refused_votes(npz).startswith(f"{path} line 30: Usage 'Public', expected Training, PublicTest")

    @pytest.mark.filterwarnings("ignore:.*split is lost")
    def test_faces_whose_order_is_lost(self, tmp_path):
        folder = tmp_path / "kaggle2019"
        folder.mkdir()
        WRITERS["kaggle2019"](tiny(), folder)
        path = write_votes(folder)
        message = self.refused_votes(folder)
        assert message == f"{path}: FER+ votes fit the official order only, which kaggle2019 has lost"


def test_nothing_found_says_where_it_looked_and_what_to_do(tmp_path, refused):
    message = refused()
    assert message == (
        f"no FER2013 in $FER_DATA (not set), data/fer2013, {tmp_path}/cache/fer2013, {tmp_path}/cache/fer2013-folders: "
        '`fer-lib data fetch` gets it, and load("synthetic") needs no data'
    )


def test_a_place_that_fer_data_names_is_not_passed_over(tmp_path, refused, monkeypatch):
    write_npz = WRITERS["npz"]
    (tmp_path / "here/data/fer2013").mkdir(parents=True)
    write_npz(tiny(), tmp_path / "here/data/fer2013")
    monkeypatch.setenv("FER_DATA", str(tmp_path / "fre2013"))
    assert refused() == f"$FER_DATA, {tmp_path}/fre2013: no such file or folder"


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_entered(tmp_path, refused, monkeypatch):
    monkeypatch.setenv("FER_DATA", str(tmp_path / "closed" / "fer2013"))
    (tmp_path / "closed").mkdir(mode=0)
    assert refused() == f"$FER_DATA, {tmp_path}/closed/fer2013: cannot be read (Permission denied)"


@pytest.mark.parametrize("name", ["notes.txt", "notes", None])
def test_a_path_that_holds_nothing_known(tmp_path, refused, name):
    path = tmp_path / "things"
    path.mkdir()
    if name:
        path = path / name
        path.write_text("nothing")
    assert refused(path).startswith(f"{path}: no FER2013 in a known form, expected one of fer2013.npz, ")


def test_unknown_labels(refused):
    assert refused(labels="joy") == "labels 'joy', expected fer2013, majority, probability, multi-label"
    assert "no FER+ votes" in refused("synthetic", labels="majority")


class TestConvert:
    def test_an_unknown_form(self, tmp_path):
        with pytest.raises(DataError) as caught:
            convert("synthetic", "xlsx", tmp_path / "out")
        assert one_line(caught) == "form 'xlsx', expected csv, icml, npz, parquet, folders, kaggle2019"

    def test_a_folder_that_holds_something_is_left_as_it_is(self, tmp_path):
        WRITERS["npz"](tiny(), tmp_path)
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / "mine.txt").write_text("precious")
        with pytest.raises(DataError) as caught:
            convert(tmp_path, "csv", tmp_path / "out")
        assert one_line(caught) == f"{tmp_path}/out: is there already, expected a new or empty folder"
        assert [file.name for file in (tmp_path / "out").iterdir()] == ["mine.txt"]

    def test_a_link_to_an_empty_folder_is_followed(self, tmp_path):
        WRITERS["npz"](tiny(), tmp_path)
        (tmp_path / "disk").mkdir()
        (tmp_path / "link").symlink_to(tmp_path / "disk")
        convert(tmp_path, "npz", tmp_path / "link")
        assert [file.name for file in (tmp_path / "disk").iterdir()] == ["fer2013.npz"]

    def test_the_current_folder_is_not_replaced(self, tmp_path, monkeypatch):
        WRITERS["npz"](tiny(), tmp_path)
        (tmp_path / "empty").mkdir()
        monkeypatch.chdir(tmp_path / "empty")
        with pytest.raises(DataError, match="is the current folder, expected a new or empty one elsewhere"):
            convert(tmp_path, "csv", ".")

    def test_a_full_disk_leaves_nothing_behind(self, tmp_path, monkeypatch):
        def full(splits, folder):
            (folder / "fer2013.csv").write_text("half of it")
            raise OSError(errno.ENOSPC, "No space left on device")

        WRITERS["npz"](tiny(), tmp_path)
        monkeypatch.setitem(WRITERS, "csv", full)
        before = sorted(path.name for path in tmp_path.iterdir())
        with pytest.raises(DataError) as caught:
            convert(tmp_path, "csv", tmp_path / "out")
        assert one_line(caught) == f"{tmp_path}/out: cannot be written (No space left on device)"
        assert sorted(path.name for path in tmp_path.iterdir()) == sorted({*before, "cache"})

    @pytest.mark.filterwarnings("ignore:.*split is lost")
    def test_what_has_lost_the_split_is_not_written_as_if_it_had_it(self, tmp_path):
        convert_from = tmp_path / "kaggle2019"
        convert_from.mkdir()
        WRITERS["kaggle2019"](tiny(), convert_from)
        with pytest.raises(DataError) as caught:
            convert(convert_from, "csv", tmp_path / "out")
        assert "has lost FER2013's split or order, and would pass for official as csv" in one_line(caught)
