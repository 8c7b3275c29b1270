"""The votes of FER+: ten taggers for each face of FER2013 (Barsoum et al. 2016)."""

import csv

import numpy as np

from fer_lib.data.faceset import SPLITS
from fer_lib.data.reading import USAGES
from fer_lib.errors import DataError
from fer_lib.labels import FERPLUS_VOTES

#: The file that Microsoft publishes, rows in the order of ``fer2013.csv``.
VOTES_FILE = "fer2013new.csv"


def read_votes(path):
    """Read ``fer2013new.csv``.

    Parameters
    ----------
    path : str or pathlib.Path
        A csv with the columns Usage, Image name and one for each of `FERPLUS_VOTES`.

    Returns
    -------
    dict of str to numpy.ndarray of int64, shape [N, 10]
        Votes by split name, rows in official order, columns as in `FERPLUS_VOTES`.

    Raises
    ------
    DataError
        If a column is missing, a Usage is unknown, or a vote is no whole number from 0 up; names the line.
    """
    rows = {usage: [] for usage in USAGES}
    with open(path, newline="", encoding="utf-8-sig") as file:
        lines = csv.DictReader(file)
        try:
            if missing := [name for name in ("Usage", *FERPLUS_VOTES) if name not in (lines.fieldnames or ())]:
                raise DataError(f"{path} line 1: no column {missing[0]}, expected Usage, {', '.join(FERPLUS_VOTES)}")
            for line in lines:
                rows[_usage(line, path, lines.line_num)].append(_votes(line, path, lines.line_num))
        except (csv.Error, UnicodeDecodeError) as error:
            raise DataError(f"{path}, after line {lines.line_num}: not text in csv form ({error})") from error
    shape = (-1, len(FERPLUS_VOTES))
    return {name: np.array(rows[usage], np.int64).reshape(shape) for name, usage in zip(SPLITS, USAGES, strict=True)}


def _usage(line, path, number):
    if line["Usage"] not in USAGES:
        raise DataError(f"{path} line {number}: Usage {str(line['Usage'])[:20]!r}, expected {', '.join(USAGES)}")
    return line["Usage"]


def _votes(line, path, number):
    texts = [line[name] or "" for name in FERPLUS_VOTES]
    for name, text in zip(FERPLUS_VOTES, texts, strict=True):
        if not text.isdecimal() or len(text) > 9:
            raise DataError(f"{path} line {number}: {name} {text[:20]!r}, expected a whole number of votes from 0 up")
    return [int(text) for text in texts]
