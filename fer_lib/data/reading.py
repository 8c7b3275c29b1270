"""`Reading`: what every reader gives back, and how it becomes the three parts."""

from dataclasses import dataclass

import numpy as np

from fer_lib.data.faceset import SPLITS, FaceSet, FaceSplits
from fer_lib.data.splits import official_labels
from fer_lib.errors import DataError
from fer_lib.labels import EMOTIONS

#: FER2013's own names of the parts, in the order of `SPLITS`.
USAGES = ("Training", "PublicTest", "PrivateTest")

#: How many faces each part holds, in the order of `SPLITS` (Goodfellow et al. 2013, section 2).
OFFICIAL_SIZES = (28_709, 3_589, 3_589)


@dataclass(frozen=True)
class Reading:
    """Faces as they stand in a file.

    Attributes
    ----------
    images : numpy.ndarray of uint8, shape [N, 48, 48]
        Grey values, 0 to 255.
    labels : numpy.ndarray of int64, shape [N]
        Positions in `EMOTIONS`.
    split : numpy.ndarray of int64, shape [N]
        The part each face belongs to, a position in `SPLITS`.
    in_order : bool
        Whether split and order are FER2013's own, so that FER+ votes and index lists fit row by row.
    notice : str
        What the reader of the data has to know before trusting a score on it; empty if nothing.
    """

    images: np.ndarray
    labels: np.ndarray
    split: np.ndarray
    in_order: bool = True
    notice: str = ""


@dataclass(frozen=True)
class Opened:
    """The three parts, with what their `Reading` said of them: see there. The notice names the path too."""

    splits: FaceSplits
    in_order: bool
    notice: str


def open_reading(reading, source, path):
    """Cut a reading into its three parts.

    Parameters
    ----------
    reading : Reading
        All faces, in any order of parts.
    source : str
        What was read, in words, for `FaceSplits.source`.
    path : str or pathlib.Path
        Where it lies, for errors and notices.

    Returns
    -------
    Opened
        The parts. They are official if split and order are, no face is missing or too many, and the labels of
        validation and test are the published ones, row by row.

    Raises
    ------
    DataError
        If a part holds no face.

    Examples
    --------
    >>> faces = Reading(np.zeros((3, 48, 48), np.uint8), np.array([3, 0, 6]), np.array([0, 1, 2]))
    >>> opened = open_reading(faces, "three faces", "three.npz")
    >>> [len(part) for part in opened.splits], opened.splits.official
    ([1, 1, 1], False)
    """
    parts, notices, in_order = [], [reading.notice] if reading.notice else [], reading.in_order
    for number, (name, usage) in enumerate(zip(SPLITS, USAGES, strict=True)):
        inside = reading.split == number
        if not inside.any():
            raise DataError(f"{path}: the {name} part ({usage}) is empty, expected at least one face")
        parts.append(FaceSet(reading.images[inside], reading.labels[inside], name))
    sizes = tuple(map(len, parts))
    if sum(sizes) != sum(OFFICIAL_SIZES) or (sizes != OFFICIAL_SIZES and not notices):
        found, expected = (" / ".join(f"{size:,}" for size in row) for row in (sizes, OFFICIAL_SIZES))
        counts = f"{found} faces to train, validate and test; FER2013 has {expected}"
        notices.append(f"{counts}: scores do not compare")
    elif in_order and sizes == OFFICIAL_SIZES:
        in_order = all(np.array_equal(part.labels, official_labels(part.split)) for part in parts[1:])
        if not in_order:
            found = "the labels do not stand in FER2013's order"
            notices.append(f"{found}, so FER+ votes and the clean test do not apply")
    official = in_order and sizes == OFFICIAL_SIZES
    notice = f"{path}: {'; '.join(notices)}" if notices else ""
    return Opened(FaceSplits(*parts, source, official), in_order, notice)


def check_labels(labels, where):
    """Return `labels` as int64 [N], or say which of them is not the number of an emotion label.

    Parameters
    ----------
    labels : numpy.ndarray of integers, shape [N]
        Numbers of emotion labels.
    where : str or pathlib.Path
        What to name in the error.

    Raises
    ------
    DataError
        If the array is not of integers, has another shape, or holds a number outside 0 to 6.

    Examples
    --------
    >>> check_labels(np.array([3, 7]), "faces.npz")
    Traceback (most recent call last):
        ...
    fer_lib.errors.DataError: faces.npz row 1: label 7, expected 0 to 6
    """
    if labels.ndim != 1 or labels.dtype.kind not in "iu":
        raise DataError(f"{where}: labels are {labels.dtype} {list(labels.shape)}, expected integers [N]")
    wrong = np.flatnonzero((labels < 0) | (labels >= len(EMOTIONS)))
    if len(wrong):
        row = wrong[0]
        raise DataError(f"{where} row {row}: label {labels[row]}, expected 0 to {len(EMOTIONS) - 1}")
    return labels.astype(np.int64)
