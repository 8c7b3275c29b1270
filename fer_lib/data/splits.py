"""The official validation and test parts without their images: emotion labels, FER+ votes and the clean test list.

They come with the library, so that every run can be analysed by a reader who has no FER2013.
"""

import json
from functools import cache

import numpy as np

from fer_lib.data.audit import Audit
from fer_lib.errors import DataError
from fer_lib.files import PUBLISHED


def official_labels(split):
    """Return the FER2013 labels of a part in official order.

    Parameters
    ----------
    split : {"validation", "test"}

    Returns
    -------
    numpy.ndarray of int64, shape [3589]
        Positions in `EMOTIONS`.

    Examples
    --------
    >>> len(official_labels("test"))
    3589
    """
    return _columns(split)[:, 0]


def official_votes(split):
    """Return the FER+ votes of a part in official order.

    Parameters
    ----------
    split : {"validation", "test"}

    Returns
    -------
    numpy.ndarray of int64, shape [3589, 10]
        Columns as in `FERPLUS_VOTES`.

    Examples
    --------
    >>> official_votes("validation").shape
    (3589, 10)
    """
    return _columns(split)[:, 1:]


@cache
def clean_rows():
    """Return the official rows of the test faces of which no exact or near copy stands in train or validation.

    Returns
    -------
    numpy.ndarray of int64
        Sorted.

    Examples
    --------
    >>> len(clean_rows()) < 3589
    True
    """
    return _locked(np.loadtxt(_file("test_clean.txt"), dtype=np.int64))


@cache
def audit_findings():
    """Return what the audit found in FER2013.

    Returns
    -------
    Audit

    Examples
    --------
    >>> audit_findings().counts["train"]["disgust"]
    436
    """
    return Audit(**json.loads(_file("audit.json").read_text()), clean=clean_rows().tolist())


@cache
def _columns(split):
    if split not in ("validation", "test"):
        raise DataError(f"no published labels for {split!r}, expected 'validation' or 'test'")
    return _locked(np.loadtxt(_file(f"{split}.csv"), dtype=np.int64, delimiter=",", skiprows=1)[:, 1:])


def _locked(array):
    """Make an array read-only: it is loaded once, and whoever wrote to it would change every later score."""
    array.setflags(write=False)
    return array


def _file(name):
    path = PUBLISHED / "splits" / name
    if not path.is_file():
        raise DataError(f"{path}: missing; it comes with the library: install it again")
    return path
