"""`Run`: a finished run as it stands in ``data/runs``: what was done, and what came out.

A run is a folder of two files. ``run.json`` holds recipe, data, history, metrics and machine; ``predictions.npz`` holds
the logits of the official validation and test parts in float16, and the filters of the first layer. All metrics follow
from the logits and from the labels in ``data/splits``, so they can be computed again by anyone, without FER2013.
"""

import json
import zipfile
import zlib
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from fer_lib.errors import FerError
from fer_lib.evaluate import Score
from fer_lib.files import PUBLISHED, write_whole

#: What ``predictions.npz`` holds.
_ARRAYS = ("validation_logits", "test_logits", "filters")


@dataclass(frozen=True, eq=False)
class Run:
    """A finished run.

    Attributes
    ----------
    name : str
        ``<paper>-<network>[-variant][-seedN]``, also the name of its folder.
    recipe : dict
        `Recipe.to_dict` of what was done.
    data : dict
        ``source``, ``digest`` and the sizes ``train``, ``validation``, ``test``.
    history : list of dict
        `Trainer.history`.
    kept_epoch : int
        The epoch whose weights were kept, the best on validation.
    parameters : int
        Numbers that training can change, those of a frozen backbone included.
    seconds : float
        Training time, validation after each epoch included.
    machine : dict
        ``device``, ``workers``, ``threads``, ``precision``, ``compiled``, and the versions of ``python``, ``torch``,
        ``fer_lib``.
    metrics : dict
        ``validation``, ``test`` and ``test_clean``, each as `fer_lib.evaluate.measure` gives it.
    validation_logits, test_logits : numpy.ndarray of float16, shape [3589, C]
        In official order.
    filters : numpy.ndarray of float16, shape [filters, side, side]
        Those of the first convolution layer, to be looked at; none if the network has no such layer.
    """

    name: str
    recipe: dict
    data: dict
    history: list
    kept_epoch: int
    parameters: int
    seconds: float
    machine: dict
    metrics: dict
    validation_logits: np.ndarray
    test_logits: np.ndarray
    filters: np.ndarray

    def score(self, part="test"):
        """Return the accuracy on ``"validation"``, ``"test"`` or ``"test_clean"``, with its interval."""
        metrics = self.metrics[part]
        return Score(metrics["accuracy"], metrics["low"], metrics["high"], metrics["n"])

    def save(self, folder):
        """Write the run into a folder.

        ``run.json`` is taken away first and written last, so that one which is there always belongs to its logits.

        Parameters
        ----------
        folder : str or pathlib.Path
        """
        folder = Path(folder)
        (folder / "run.json").unlink(missing_ok=True)
        with write_whole(folder / "predictions.npz") as temporary:
            np.savez_compressed(temporary, **{name: getattr(self, name) for name in _ARRAYS})
        text = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in _ARRAYS}
        with write_whole(folder / "run.json") as temporary:
            temporary.write_text(_readable_json(text))


def load_run(name):
    """Load a finished run.

    Parameters
    ----------
    name : str or pathlib.Path
        Name of a run published with the library, or the folder of any run.

    Returns
    -------
    Run

    Raises
    ------
    FerError
        If there is no such run, or its files are damaged.

    Examples
    --------
    >>> load_run("greblo-fc").recipe["network"]
    'fully-connected'
    """
    folder = Path(name) if (Path(name) / "run.json").is_file() else PUBLISHED / "runs" / str(name)
    if not (folder / "run.json").is_file():
        raise FerError(f"{folder}: no run is here (no run.json); published with the library: {', '.join(list_runs())}")
    try:
        values = json.loads((folder / "run.json").read_text())
        with np.load(folder / "predictions.npz", allow_pickle=False) as file:
            arrays = {name: file[name] for name in _ARRAYS}
        return Run(**values, **arrays)
    except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile, zlib.error) as error:
        raise FerError(f"{folder}: not a run that fer_lib wrote: {error}") from error


def list_runs():
    """Return the names of the runs published with the library, sorted.

    Returns
    -------
    list of str

    Examples
    --------
    >>> "greblo-fc" in list_runs()
    True
    """
    return sorted(file.parent.name for file in (PUBLISHED / "runs").glob("*/run.json"))


def _readable_json(values):
    """Return JSON with one line a field, and one a history entry: readable, and small in a diff."""
    lines = []
    for name, value in values.items():
        if isinstance(value, list):
            text = "[\n" + ",\n".join("  " + json.dumps(entry) for entry in value) + "\n ]"
        elif name == "metrics":
            text = "{\n" + ",\n".join(f"  {json.dumps(k)}: {json.dumps(v)}" for k, v in value.items()) + "\n }"
        else:
            text = json.dumps(value)
        lines.append(f" {json.dumps(name)}: {text}")
    return "{\n" + ",\n".join(lines) + "\n}\n"
