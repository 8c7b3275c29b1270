"""What the five papers of the course claim, number by number, to be set beside our runs."""

import json
from dataclasses import dataclass
from functools import cache

from fer_lib.errors import DataError
from fer_lib.files import PUBLISHED


@dataclass(frozen=True)
class Paper:
    """A paper whose networks the course trains.

    Attributes
    ----------
    title : str
    authors : list of str
        First name first.
    year : int
    url : str
        Where it can be read; empty where we know of no such place.
    """

    title: str
    authors: list
    year: int
    url: str


@dataclass(frozen=True)
class Claim:
    """One number that a paper prints.

    Attributes
    ----------
    paper : str
        Its key in `papers` and in the bibliography of the book.
    run : str
        Name of the run that reproduces it, whether or not there is one yet.
    metric : str
        ``test_accuracy``, ``validation_accuracy``, ``train_accuracy``, ``recall_<label>`` or ``parameters``;
        ``search_accuracy`` for networks that the paper tried in order to choose one; ``cited_test_accuracy`` for
        what the paper repeats from other work.
    value : float or int
        In percent, with the digits of the paper; a count for ``parameters``.
    labels : {"fer2013", "ferplus"}
        Whose emotion labels the network was trained and scored on.
    where : str
        Section, table or figure of the paper.
    split : str
        Which faces were scored; empty for the official part that the metric names.
    note : str
        What makes the number doubtful, or helps to read it; empty otherwise.
    """

    paper: str
    run: str
    metric: str
    value: float
    labels: str
    where: str
    split: str = ""
    note: str = ""


def claims(*, run=None, metric=None, labels=None, paper=None):
    """Return the claims that have all the given values, in the order of the file.

    Parameters
    ----------
    run, metric, labels, paper : str, optional
        Value of the field of `Claim` with this name; None takes all.

    Returns
    -------
    list of Claim
        Empty if no claim is like that.

    Raises
    ------
    DataError
        If ``claims.json`` is missing or damaged.

    Examples
    --------
    >>> claims(run="greblo-fc", metric="test_accuracy")[0].value
    35.35
    """
    wanted = {"run": run, "metric": metric, "labels": labels, "paper": paper}
    wanted = {field: value for field, value in wanted.items() if value is not None}
    _, every = _read(PUBLISHED / "claims.json")
    return [claim for claim in every if all(getattr(claim, field) == value for field, value in wanted.items())]


def papers():
    """Return the five papers by their key.

    Returns
    -------
    dict of str to Paper

    Raises
    ------
    DataError
        If ``claims.json`` is missing or damaged.

    Examples
    --------
    >>> papers()["alizadeh2017"].authors
    ['Shima Alizadeh', 'Azar Fazel']
    """
    known, _ = _read(PUBLISHED / "claims.json")
    return dict(known)


@cache
def _read(path):
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        known = {key: Paper(**values) for key, values in content["papers"].items()}
        return known, [Claim(**values) for values in content["claims"]]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"{path}: not the claims that come with fer_lib: {type(error).__name__}: {error}") from error
