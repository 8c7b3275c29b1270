"""FER2013 as folders of pictures, one for each emotion label.

The most downloaded form keeps the split in the file names (``test/fear/PrivateTest_00035880.jpg``). The form of 2019
has numbered names and parts of its own: it has lost the official split.
"""

import re
from pathlib import Path
from typing import NamedTuple

import numpy as np

from fer_lib.data.faceset import SIZE
from fer_lib.data.pictures import decode, encode
from fer_lib.data.reading import OFFICIAL_SIZES, USAGES, Reading
from fer_lib.errors import DataError
from fer_lib.labels import EMOTIONS

_NAME = re.compile(rf"({'|'.join(USAGES)})_(\d+)\.(?:jpg|jpeg|png)")

#: The share of all faces that the form of 2019 has in its training part.
KAGGLE2019_TRAIN = 28_821 / sum(OFFICIAL_SIZES)


class _Picture(NamedTuple):
    path: Path
    label: int
    held_out: bool


def read(folder):
    """Read pictures from ``train/<label>/`` and ``test/<label>/`` (or ``validation/<label>/``).

    Names such as ``PublicTest_12.jpg`` tell split and order. Where the numbers are exactly 0 to N-1 they are the rows
    of the official file, and the order is official; where they are any others, only the split is. Without such names
    the split is lost: ``train`` trains, and of the other pictures every second one validates, every second one tests.

    Parameters
    ----------
    folder : pathlib.Path
        Holds the folders of the parts.

    Returns
    -------
    Reading
        All faces; `in_order` and `notice` say what the names did not tell.

    Raises
    ------
    DataError
        If a part or the folder of a label is missing or misspelt, a name is not like the others, or a file is not a
        grey picture of 48x48 pixels.
    """
    if (folder / "test").is_dir() and (folder / "validation").is_dir():
        raise DataError(f"{folder}: holds test and validation, expected one of the two beside train")
    held_out = "test" if (folder / "test").is_dir() else "validation"
    pictures = [*_list(folder / "train", held_out=False), *_list(folder / held_out, held_out=True)]
    if not pictures:
        raise DataError(f"{folder}: no picture in any folder of an emotion label")
    if any(_NAME.fullmatch(picture.path.name) for picture in pictures):
        return _read_named(pictures)
    return _read_unnamed(folder, pictures)


def _list(part, held_out):
    """Return the pictures of one part, label by label."""
    if not part.is_dir():
        raise DataError(f"{part.parent}: no folder {part.name}, expected train and test (or validation)")
    found = {path.name for path in _visible(part)}
    if unknown := sorted(found - set(EMOTIONS)):
        raise DataError(f"{part / unknown[0]}: not an emotion label, expected {', '.join(EMOTIONS)}")
    if missing := [emotion for emotion in EMOTIONS if emotion not in found]:
        raise DataError(f"{part}: no folder {missing[0]}, expected one for each of the 7 emotion labels")
    return [
        _Picture(path, label, held_out)
        for label, emotion in enumerate(EMOTIONS)
        for path in sorted(_visible(part / emotion))
    ]


def _visible(folder):
    """Return what lies in a folder, without what an operating system left there (``._1.jpg``, ``Thumbs.db``)."""
    left = ("Thumbs.db", "desktop.ini")
    return [path for path in folder.iterdir() if not path.name.startswith(".") and path.name not in left]


def _read_named(pictures):
    """Read pictures whose names tell the split, and perhaps the order."""
    rows, usages = [], []
    for path, _, held_out in pictures:
        name = _NAME.fullmatch(path.name)
        if not name or (name[1] != USAGES[0]) != held_out:
            expected = "PublicTest_ or PrivateTest_" if held_out else "Training_"
            raise DataError(f"{path}: named unlike the other files, expected {expected}<number>.jpg or .png")
        rows.append(int(name[2]))
        usages.append(USAGES.index(name[1]))
    order = sorted(range(len(rows)), key=rows.__getitem__)
    in_order = [rows[number] for number in order] == list(range(len(rows)))
    notice = (
        "the split is official but the order is not, so FER+ votes and the clean test do not apply; "
        "with fer2013.csv or fer2013.npz at hand the order is recovered"
    )
    pictures = [pictures[number] for number in order]
    return Reading(*_decode(pictures), np.array(usages)[order], in_order, "" if in_order else notice)


def _read_unnamed(folder, pictures):
    """Read pictures whose names tell nothing."""
    held_out = np.array([picture.held_out for picture in pictures])
    split = np.where(held_out, 1 + np.arange(len(pictures)) % 2, 0)
    notice = (
        f"the official split is lost here, and official test images stand in {folder.name}/train, so scores "
        "do not compare; with fer2013.csv or fer2013.npz at hand the split is recovered"
    )
    return Reading(*_decode(pictures), split, in_order=False, notice=notice)


def _decode(pictures):
    """Return images uint8 [N, 48, 48] and labels int64 [N]."""
    images = np.empty((len(pictures), SIZE, SIZE), np.uint8)
    for image, picture in zip(images, pictures, strict=True):
        image[:] = decode(picture.path, picture.path)
    return images, np.array([picture.label for picture in pictures], np.int64)


def write(splits, folder):
    """Write ``train/<label>/Training_00000000.png`` and so on into `folder`.

    As PNG, which keeps every pixel; the JPEGs found elsewhere do not.
    """
    _make_folders(folder, "train", "test")
    row = 0
    for part, usage in zip(splits, USAGES, strict=True):
        for image, label in zip(part.images, part.labels, strict=True):
            path = folder / ("train" if part.split == "train" else "test") / EMOTIONS[label] / f"{usage}_{row:08d}.png"
            path.write_bytes(encode(image))
            row += 1


def write_kaggle2019(splits, folder):
    """Write ``images/train/<label>/0.jpg``, ``images/validation/<label>/1.jpg`` and so on into `folder`.

    Like the form of 2019: JPEG, and split anew at random in its proportion, so that the official split is lost.
    """
    _make_folders(folder / "images", "train", "validation")
    images = np.concatenate([part.images for part in splits])
    labels = np.concatenate([part.labels for part in splits])
    order = np.random.default_rng(2019).permutation(len(images))
    for number, row in enumerate(order):
        part = "train" if number < round(len(images) * KAGGLE2019_TRAIN) else "validation"
        path = folder / "images" / part / EMOTIONS[labels[row]] / f"{number}.jpg"
        path.write_bytes(encode(images[row], "JPEG", quality=95))


def _make_folders(folder, *parts):
    for part in parts:
        for emotion in EMOTIONS:
            (folder / part / emotion).mkdir(parents=True)
