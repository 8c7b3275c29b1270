"""`convert`, `fetch`, `info` and the benchmark of forms."""

import shutil
import zipfile

import pytest
from tiny import EXACT_FORMS, one_line, stand_alone, tiny, write_votes

from fer_lib.bench import forms as bench
from fer_lib.data import load, npz
from fer_lib.data.convert import WRITERS, convert
from fer_lib.data.fetch import CHALLENGE, FOLDERS, fetch
from fer_lib.data.info import info
from fer_lib.errors import DataError, MissingExtra

pytestmark = pytest.mark.filterwarnings("ignore:.*scores do not compare")


@pytest.fixture(autouse=True)
def _alone(tmp_path, monkeypatch):
    stand_alone(tmp_path, monkeypatch)


@pytest.fixture
def source(tmp_path):
    npz.write(tiny(), tmp_path)
    return tmp_path / "fer2013.npz"


class TestConvert:
    @pytest.mark.parametrize("form", EXACT_FORMS)
    def test_from_form_to_form_and_back_nothing_changes(self, source, tmp_path, form):
        convert(source, form, tmp_path / "there")
        convert(tmp_path / "there", "npz", tmp_path / "back")
        assert load(tmp_path / "back").digest() == tiny().digest()

    def test_an_empty_folder_may_be_there(self, source, tmp_path):
        (tmp_path / "out").mkdir()
        assert convert(source, "csv", tmp_path / "out").digest() == load(tmp_path / "out").digest()

    def test_votes_of_faces_that_are_not_official_stay_behind(self, source, tmp_path):
        write_votes(tmp_path)
        convert(source, "csv", tmp_path / "out")
        assert [file.name for file in (tmp_path / "out").iterdir()] == ["fer2013.csv"]


class TestInfo:
    def test_it_is_a_table_of_form_place_digest_and_counts(self, source):
        lines = str(info(source)).splitlines()
        assert lines[:5] == [
            "form      npz",
            f"where     {source}",
            f"digest    {tiny().digest()}",
            "official  no",
            "votes     no",
        ]
        assert lines[5].split() == ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral", "all"]
        assert lines[6].split() == ["train", *["4"] * 7, "28"]
        assert lines[8].split() == ["test", *["2"] * 7, "14"]


class FakeKaggle:
    """Stands in for kagglehub: notes what is asked for, and gives a folder or raises."""

    def __init__(self, answer):
        self.answer, self.asked = answer, []

    def dataset_download(self, handle, path=None):
        self.asked.append((handle, path))
        if isinstance(self.answer, Exception):
            raise self.answer
        return str(self.answer)

    competition_download = dataset_download


class TestFetch:
    @pytest.fixture
    def kaggle(self, monkeypatch, tmp_path):
        """Return a function that sets what Kaggle gives."""

        def kaggle(answer):
            fake = FakeKaggle(answer)
            monkeypatch.setattr("fer_lib.data.fetch.require", lambda module, extra: fake)
            return fake

        return kaggle

    @pytest.mark.parametrize("around", ["", "one-more"])
    def test_what_is_fetched_is_found_by_load(self, kaggle, tmp_path, around):
        given = tmp_path / "given" / around
        given.mkdir(parents=True)
        WRITERS["folders"](tiny(), given)
        fake = kaggle(tmp_path / "given")
        assert fetch() == tmp_path / "cache" / "fer2013-folders"
        assert fake.asked == [(FOLDERS, None)]
        assert load().digest() == tiny().digest()

    def test_the_file_of_the_challenge(self, kaggle, tmp_path):
        WRITERS["icml"](tiny(), tmp_path)
        fake = kaggle(tmp_path / "icml_face_data.csv")
        fetch("challenge")
        assert fake.asked == [(CHALLENGE, "icml_face_data.csv")]
        assert load().source == "icml_face_data.csv"

    def test_an_archive_is_kept_and_read_as_it_is(self, kaggle, tmp_path):
        (tmp_path / "given").mkdir()
        npz.write(tiny(), tmp_path)
        with zipfile.ZipFile(tmp_path / "given" / "archive.zip", "w") as archive:
            archive.write(tmp_path / "fer2013.npz", "fer2013.npz")
        kaggle(tmp_path / "given")
        fetch()
        assert load().digest() == tiny().digest()

    def test_what_is_there_is_not_fetched_again(self, kaggle, tmp_path):
        (tmp_path / "cache" / "fer2013-folders").mkdir(parents=True)
        npz.write(tiny(), tmp_path / "cache" / "fer2013-folders")
        fake = kaggle(RuntimeError("asked"))
        assert fetch() == tmp_path / "cache" / "fer2013-folders"
        assert fake.asked == []

    def test_a_full_disk_is_one_short_line_and_leaves_nothing(self, kaggle, tmp_path, monkeypatch):
        def full(*_, **__):
            raise shutil.Error([("from", "to", "No space left on device")] * 999)

        (tmp_path / "given").mkdir()
        WRITERS["folders"](tiny(), tmp_path / "given")
        kaggle(tmp_path / "given")
        monkeypatch.setattr("shutil.copytree", full)
        with pytest.raises(DataError, match="No space left on device") as caught:
            fetch()
        assert len(str(caught.value)) < 300
        assert list((tmp_path / "cache").iterdir()) == []

    def test_loading_never_fetches(self, kaggle):
        fake = kaggle(RuntimeError("asked"))
        with pytest.raises(DataError, match="fer-lib data fetch"):
            load()
        assert fake.asked == []

    @pytest.mark.parametrize(
        ("error", "found"),
        [
            (ConnectionError("no\n  network"), "Kaggle gave no FER2013 (no network): is this machine online?"),
            (PermissionError(), "Kaggle gave no FER2013 (PermissionError): "),
            (
                RuntimeError("403 Client Error.\n\nYou don't have permission" + "!" * 999),
                "(403 Client Error. You don't have [...]): ",
            ),
        ],
    )
    def test_a_refusal_is_one_line_and_leaves_nothing(self, kaggle, tmp_path, error, found):
        kaggle(error)
        with pytest.raises(DataError) as caught:
            fetch()
        assert found in one_line(caught)
        assert len(str(caught.value)) < 300
        assert not (tmp_path / "cache").exists()

    def test_a_refusal_of_the_challenge_names_what_it_needs(self, kaggle):
        kaggle(RuntimeError("User is not authenticated"))
        with pytest.raises(DataError) as caught:
            fetch("challenge")
        assert "User is not authenticated" in one_line(caught)
        assert "`folders` needs none" in str(caught.value)

    def test_nothing_known_in_what_kaggle_gives(self, kaggle, tmp_path):
        (tmp_path / "given").mkdir()
        kaggle(tmp_path / "given")
        with pytest.raises(DataError) as caught:
            fetch()
        assert "Kaggle gave no FER2013 in a known form" in one_line(caught)
        assert not (tmp_path / "cache").exists()

    def test_unknown_wish(self):
        with pytest.raises(DataError) as caught:
            fetch("everything")
        assert one_line(caught) == "fetch 'everything', expected folders or challenge"

    def test_without_kagglehub_the_error_names_the_command_that_installs_it(self, monkeypatch):
        monkeypatch.setitem(__import__("sys").modules, "kagglehub", None)
        with pytest.raises(MissingExtra) as caught:
            fetch()
        assert "pip install 'fer_lib[data]'" in one_line(caught)


def test_the_benchmark_measures_a_form_in_fresh_processes(source):
    row = bench.measure("npz", source)
    assert row["digest"] == tiny().digest()
    assert row["first"] > 0
    assert row["cached"] > 0
    assert 10 < row["memory"] < 600
    assert len(bench.table([row]).splitlines()) == 2
