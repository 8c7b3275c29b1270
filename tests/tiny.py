"""A FER2013 of 56 drawn faces, and what the data tests share."""

import os

import numpy as np

from fer_lib.data import SPLITS, FaceSet, FaceSplits
from fer_lib.errors import FerError
from fer_lib.labels import FERPLUS_VOTES

#: The forms that keep every pixel, the split and the order.
EXACT_FORMS = ("csv", "icml", "npz", "parquet", "folders")


def draw(count, seed=0):
    """Return `count` smooth random pictures, uint8 [count, 48, 48]: a JPEG changes them little, as it does faces."""
    coarse = np.random.default_rng(seed).integers(0, 256, (count, 4, 4), dtype=np.uint8)
    return coarse.repeat(12, axis=1).repeat(12, axis=2)


def tiny(train=28, validation=14, test=14):
    """Return three parts in which every label occurs."""
    sizes = (train, validation, test)
    images = np.split(draw(sum(sizes)), np.cumsum(sizes)[:-1])
    parts = [FaceSet(faces, np.arange(len(faces)) % 7, name) for faces, name in zip(images, SPLITS, strict=True)]
    return FaceSplits(*parts, source="drawn", official=False)


def write_votes(folder, votes=None, sizes=(28, 14, 14)):
    """Write a ``fer2013new.csv``; each of its rows is a clear majority unless `votes`, int [N, 10], says otherwise."""
    if votes is None:
        votes = 8 * np.eye(10, dtype=int)[np.arange(sum(sizes)) % 8]
    usages = np.repeat(["Training", "PublicTest", "PrivateTest"], sizes)
    lines = [f"{usage},fer{row:07d}.png,{','.join(map(str, votes[row]))}" for row, usage in enumerate(usages)]
    path = folder / "fer2013new.csv"
    path.write_text("\n".join([f"Usage,Image name,{','.join(FERPLUS_VOTES)}", *lines]) + "\n")
    return path


def stand_alone(folder, monkeypatch):
    """Let nothing of this machine be found: no FER_DATA, an empty working folder, a new cache."""
    monkeypatch.delenv("FER_DATA", raising=False)
    monkeypatch.setenv("FER_CACHE", str(folder / "cache"))
    (folder / "here").mkdir()
    monkeypatch.chdir(folder / "here")


def one_line(caught):
    """Return the message of a caught error, which has to be one of ours and of one line."""
    assert isinstance(caught.value, FerError)
    message = str(caught.value)
    assert message
    assert "\n" not in message
    return message


def cached_files(folder):
    """Return the names of all that lies in the cache, whole or half."""
    faces = folder / "cache" / "faces"
    return sorted(os.listdir(faces)) if faces.is_dir() else []
