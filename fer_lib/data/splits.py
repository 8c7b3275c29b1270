"""The official validation and test parts without their images: emotion labels, FER+ votes and the clean test list.

They come with the library, so that every run can be analysed by a reader who has no FER2013.
"""

import json
from functools import cache

import numpy as np

from fer_lib.data.audit import Audit
from fer_lib.errors import DataError
from fer_lib.files import PUBLISHED
from fer_lib.labels import EMOTIONS, FERPLUS_TO_FER2013


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


def people_confusion(split):
    """Return where people put the faces of each label: the shares of FER+ votes, as a confusion matrix of people.

    Votes for contempt, unknown and "not a face", which have no counterpart in FER2013, are left out.

    Parameters
    ----------
    split : {"validation", "test"}

    Returns
    -------
    numpy.ndarray of float64, shape [7, 7]
        Row: FER2013 label; column: what was voted for. Each row sums to 1.

    Examples
    --------
    >>> people_confusion("test").sum(axis=1).round(6).tolist()
    [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]
    """
    columns = [FERPLUS_TO_FER2013.index(label) for label in range(len(EMOTIONS))]
    labels, votes = official_labels(split), official_votes(split)[:, columns]
    counts = np.array([votes[labels == label].sum(axis=0) for label in range(len(EMOTIONS))])
    return counts / counts.sum(axis=1, keepdims=True)


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
