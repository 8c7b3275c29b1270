"""A file is written whole or not at all, and what cannot be imported is told apart from what is missing."""

import os

import pytest

from fer_lib.errors import MissingExtra, require
from fer_lib.files import write_whole


def test_a_file_is_on_the_disk_before_it_takes_the_place_of_the_old_one(tmp_path, monkeypatch):
    done = []
    fsync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda file: (done.append("flush"), fsync(file)))
    monkeypatch.setattr(os, "replace", lambda old, new: (done.append("replace"), replace(old, new)))
    with write_whole(tmp_path / "a.txt") as temporary:
        temporary.write_text("all of it")
    assert done == ["flush", "replace", "flush"] if os.name != "nt" else ["flush", "replace"]
    assert (tmp_path / "a.txt").read_text() == "all of it"


def test_after_an_error_the_old_file_stands_and_nothing_beside_it(tmp_path):
    (tmp_path / "a.txt").write_text("old")

    def half():
        with write_whole(tmp_path / "a.txt") as temporary:
            temporary.write_text("half")
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        half()
    assert [file.read_text() for file in tmp_path.iterdir()] == ["old"]


def test_a_package_that_is_there_but_broken_is_not_called_missing(tmp_path, monkeypatch):
    (tmp_path / "rusty.py").write_text("import a_package_that_is_not_there")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(MissingExtra, match=r"rusty, which is installed but cannot be imported \(No module named"):
        require("rusty", "data")
    (tmp_path / "picky.py").write_text("raise ModuleNotFoundError('install another')")
    with pytest.raises(MissingExtra, match=r"picky, which is installed but cannot be imported \(install another\)"):
        require("picky", "data")
    with pytest.raises(MissingExtra, match=r"nowhere, which is not installed: pip install 'fer_lib\[data\]'"):
        require("nowhere.inside", "data")
