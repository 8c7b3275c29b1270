"""Measures of logits on the official parts, against the labels that stand in ``data/splits``."""

import numpy as np

from fer_lib.data.ferplus import MODES, ferplus_targets
from fer_lib.data.splits import clean_rows, official_labels, official_votes
from fer_lib.errors import FerError
from fer_lib.evaluate import measure
from fer_lib.labels import EMOTIONS, FERPLUS_EMOTIONS


def official_metrics(validation_logits, test_logits, labels="fer2013"):
    """Measure logits of the official parts against the labels that stand in ``data/splits``.

    Parameters
    ----------
    validation_logits, test_logits : numpy.ndarray, shape [3589, C]
        In official order.
    labels : str
        As in `Recipe`. Faces that FER+ drops are not scored.

    Returns
    -------
    dict
        ``validation``, ``test``, and ``test_clean``: the test faces of which no exact or near copy stands in train or
        validation.

    Raises
    ------
    FerError
        If `labels` is not a kind of labels, or there is not one row of logits for each official face.

    Examples
    --------
    >>> from fer_lib.runs import load_run
    >>> run = load_run("greblo-fc")
    >>> official_metrics(run.validation_logits, run.test_logits)["test_clean"]["n"]
    2903
    """
    if labels not in ("fer2013", *MODES):
        raise FerError(f"labels {labels!r}, expected fer2013, {', '.join(MODES)}")
    validation, test = _truth("validation", labels), _truth("test", labels)
    for part, logits, (truth, *_) in (("validation", validation_logits, validation), ("test", test_logits, test)):
        if len(logits) != len(truth):
            raise FerError(
                f"{part}: {len(logits):,} rows of logits, expected {len(truth):,}, one for each official face"
            )
    clean = np.isin(np.arange(len(test_logits)), clean_rows())
    return {
        "validation": _measure(validation_logits, *validation),
        "test": _measure(test_logits, *test),
        "test_clean": _measure(test_logits, *test, chosen=clean),
    }


def _measure(logits, truth, scored, names, chosen=True):
    rows = scored & chosen
    return measure(logits[rows], truth[rows], names)


def _truth(split, labels):
    """Return the labels [N], which of the faces are scored [N], and the names of the labels."""
    if labels == "fer2013":
        truth = official_labels(split)
        return truth, np.ones(len(truth), bool), EMOTIONS
    _, truth = ferplus_targets(official_votes(split), labels)
    return truth, truth >= 0, FERPLUS_EMOTIONS
