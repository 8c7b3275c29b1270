"""`Study`: short runs of one small network that differ in one thing."""

import json
from dataclasses import dataclass, fields

from fer_lib.errors import FerError
from fer_lib.files import PUBLISHED, write_whole


@dataclass(frozen=True)
class Study:
    """Short runs of one small network that differ in one thing, to see what that thing does. Never scored on test.

    Attributes
    ----------
    name : str
    data : dict
        ``source``, and the sizes ``train`` and ``validation``.
    machine : dict
        As in `Run`.
    runs : dict
        For each run, by what is special about it: its ``recipe`` and its ``history``, as in `Run`. The history is
        short or empty if the loss stopped being a number.
    """

    name: str
    data: dict
    machine: dict
    runs: dict

    def best(self, label):
        """Return the best validation accuracy of a run, 0 if it broke in the first epoch."""
        return max((entry["validation_accuracy"] for entry in self.runs[label]["history"]), default=0.0)

    def save(self, path):
        """Write the study into one file of JSON."""
        with write_whole(path) as temporary:
            temporary.write_text(json.dumps({f.name: getattr(self, f.name) for f in fields(self)}, indent=1) + "\n")


def load_study(name):
    """Load a study published with the library.

    Parameters
    ----------
    name : str
        Name of a file in ``data/studies``, without its ending.

    Returns
    -------
    Study

    Raises
    ------
    FerError
        If there is no such study, or its file is damaged.

    Examples
    --------
    >>> load_study("dropout").name
    'dropout'
    """
    path = PUBLISHED / "studies" / f"{name}.json"
    try:
        return Study(**json.loads(path.read_text()))
    except (OSError, ValueError, TypeError) as error:
        known = ", ".join(sorted(file.stem for file in path.parent.glob("*.json")))
        raise FerError(f"{path}: not a study that comes with fer_lib ({error}); there are: {known}") from error
