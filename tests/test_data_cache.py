"""A first read writes one cache; whatever happens to it, the data stays right."""

import errno
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file
from tiny import cached_files, stand_alone, tiny

from fer_lib.data import cache, load, npz

pytestmark = pytest.mark.filterwarnings("ignore:.*scores do not compare")


@pytest.fixture(autouse=True)
def _alone(tmp_path, monkeypatch):
    stand_alone(tmp_path, monkeypatch)


@pytest.fixture
def source(tmp_path):
    npz.write(tiny(), tmp_path)
    return tmp_path / "fer2013.npz"


@pytest.fixture
def reads(monkeypatch):
    """Count how often the source itself is read."""
    counted = []
    original = np.load
    monkeypatch.setattr("fer_lib.data.npz.np.load", lambda *args, **kw: counted.append(args) or original(*args, **kw))
    return counted


def only_cache(tmp_path):
    (name,) = cached_files(tmp_path)
    return tmp_path / "cache" / "faces" / name


def test_the_second_load_comes_from_the_cache_alone(source, reads):
    first, second = load(source), load(source)
    assert len(reads) == 1
    assert first.digest() == second.digest() == tiny().digest()
    assert (second.source, second.official) == (first.source, first.official) == ("fer2013.npz", False)


def test_the_data_is_memory_mapped_also_at_the_first_load(source):
    for splits in (load(source), load(source)):
        for part in splits:
            base = part.images
            while isinstance(base, np.ndarray) and not isinstance(base, np.memmap):
                base = base.base
            assert isinstance(base, np.memmap)


def test_what_a_program_writes_into_its_faces_does_not_reach_the_cache(source):
    load(source).train.images[:] = 0
    assert load(source).digest() == tiny().digest()


def test_the_cache_is_a_plain_safetensors_file(source, tmp_path):
    load(source)
    tensors = load_file(only_cache(tmp_path))
    np.testing.assert_array_equal(tensors["test.images"], tiny().test.images)
    np.testing.assert_array_equal(tensors["train.labels"], tiny().train.labels)


def test_a_warning_is_given_each_time_not_only_at_the_first_read(source):
    for _ in range(2):
        with pytest.warns(UserWarning, match="scores do not compare"):
            load(source)


def test_a_changed_source_is_read_anew_into_the_same_cache_file(source, tmp_path, reads, caplog):
    load(source)
    before = cached_files(tmp_path)
    npz.write(tiny(train=30), tmp_path)
    with caplog.at_level("WARNING"):
        assert len(load(source).train) == 30
    assert caplog.text == ""  # nothing is wrong with that
    assert len(reads) == 2
    assert cached_files(tmp_path) == before


def test_a_cache_of_another_version_is_made_anew(source, tmp_path, reads, monkeypatch, caplog):
    with monkeypatch.context() as earlier:
        earlier.setattr(cache, "VERSION", "0")
        load(source)
    with caplog.at_level("INFO"):
        assert load(source).digest() == tiny().digest()
    assert len(reads) == 2
    assert "made anew" in caplog.text
    load(source)
    assert len(reads) == 2


@pytest.mark.parametrize("damage", ["empty", "cut", "first byte", "huge header", "flip", "no safetensors", "folder"])
def test_a_damaged_cache_is_made_anew_and_logged(source, tmp_path, reads, caplog, damage):
    load(source)
    path = only_cache(tmp_path)
    content = bytearray(path.read_bytes())
    if damage == "empty":
        content = b""
    elif damage == "cut":
        content = content[:-1]
    elif damage == "first byte":
        content[0] ^= 1
    elif damage == "huge header":
        content[7] = 0xFF
    elif damage == "flip":
        content[len(content) // 2] ^= 1
    elif damage == "no safetensors":
        content = b"\x02\0\0\0\0\0\0\0[]"
    path.unlink()
    if damage == "folder":
        path.mkdir()
        with pytest.warns(UserWarning, match="no cache written"):
            assert load(source).digest() == tiny().digest()
        return
    path.write_bytes(content)
    assert load(source).digest() == tiny().digest()
    assert len(reads) == 2
    assert f"{path}: this cache is not used, the data is read anew" in caplog.text
    assert path.read_bytes() != content


def test_every_single_bit_of_images_and_labels_is_guarded(source, tmp_path, reads):
    load(source)
    path = only_cache(tmp_path)
    whole = path.read_bytes()
    start = 8 + int.from_bytes(whole[:8], "little")
    for at in np.random.default_rng(0).integers(start, len(whole), 20):
        content = bytearray(whole)
        content[at] ^= 1 << (at % 8)
        path.write_bytes(content)
        assert load(source).digest() == tiny().digest()
    assert len(reads) == 21


def test_no_room_on_disk_still_gives_the_data_and_leaves_nothing(source, tmp_path, monkeypatch):
    def full(path, content):
        with open(path, "wb") as file:
            file.write(content[: len(content) // 2])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.warns(UserWarning, match=r"faces: no cache written \(No space left on device\)") as caught:
        splits = load(source)
    assert "\n" not in str(caught[0].message)
    assert splits.digest() == tiny().digest()
    assert cached_files(tmp_path) == []


def test_a_cache_folder_that_cannot_be_made_still_gives_the_data(source, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("FER_CACHE", str(tmp_path / "file"))
    with pytest.warns(UserWarning, match="no cache written"):
        assert load(source).digest() == tiny().digest()


def test_what_a_killed_process_left_is_removed_but_not_what_one_is_writing(source, tmp_path):
    folder = tmp_path / "cache" / "faces"
    folder.mkdir(parents=True)
    for name, age in ((".old-abc.safetensors", 7200), (".new-abc.safetensors", 5)):
        (folder / name).write_text("half")
        os.utime(folder / name, (time.time() - age,) * 2)
    load(source)
    assert ".old-abc.safetensors" not in cached_files(tmp_path)
    assert ".new-abc.safetensors" in cached_files(tmp_path)


LOAD = "import sys, warnings; warnings.simplefilter('ignore'); from fer_lib.data import load; "


def start(code, source):
    command = [sys.executable, "-c", LOAD + code, str(source)]
    root = Path(cache.__file__).parents[2]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(root)})


def test_a_process_killed_while_writing_leaves_no_half_cache(source, tmp_path):
    killed = start("import os; os.replace = lambda *_: os._exit(9); load(sys.argv[1])", source)
    assert killed.wait(60) == 9
    assert all(name.startswith(".") for name in cached_files(tmp_path))
    assert load(source).digest() == tiny().digest()
    assert len([name for name in cached_files(tmp_path) if not name.startswith(".")]) == 1


def test_two_processes_that_start_at_once_both_get_the_data(source, tmp_path):
    processes = [start("print(load(sys.argv[1]).digest())", source) for _ in range(2)]
    assert [process.communicate(timeout=60)[0].strip() for process in processes] == [tiny().digest()] * 2
    assert len(cached_files(tmp_path)) == 1


def test_reading_needs_no_torch(source):
    process = start("load(sys.argv[1]); print('torch' in sys.modules)", source)
    assert process.communicate(timeout=60)[0].strip() == "False"
