"""`measure`: all that a run reports about one part, in the form of its `run.json`."""

import numpy as np

from fer_lib.errors import FerError
from fer_lib.evaluate.accuracy import accuracy
from fer_lib.evaluate.calibration import calibration
from fer_lib.evaluate.per_class import confusion, per_class


def measure(logits, labels, names):
    """Measure logits against labels.

    Parameters
    ----------
    logits : array_like of float, shape [N, C]
    labels : array_like of int, shape [N]
    names : tuple of str
        The C emotion labels by number.

    Returns
    -------
    dict
        ``accuracy``, ``low``, ``high`` (95 % interval), ``n``, ``ece``, ``recall`` (by label), ``confusion``
        (rows: labels, columns: predictions). Shares from 0 to 1, rounded to six digits.

    Raises
    ------
    FerError
        If the logits are of another number of labels, or do not fit `labels`.

    Examples
    --------
    >>> measure([[2.0, 1.0], [0.0, 3.0]], [0, 0], ("yes", "no"))["recall"]
    {'yes': 0.5, 'no': 0.0}
    """
    score = accuracy(logits, labels)
    if len(names) != np.shape(logits)[1]:
        raise FerError(f"logits of {np.shape(logits)[1]} labels, expected {len(names)}: {', '.join(names)}")
    recall = per_class(logits, labels).recall
    return {
        "accuracy": round(score.value, 6),
        "low": round(score.low, 6),
        "high": round(score.high, 6),
        "n": score.n,
        "ece": round(calibration(logits, labels).error, 6),
        "recall": {name: round(float(share), 6) for name, share in zip(names, recall, strict=True)},
        "confusion": confusion(logits, labels).tolist(),
    }
