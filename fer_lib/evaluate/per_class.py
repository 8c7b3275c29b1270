"""What happens to each label: the confusion matrix, and recall, precision and F1 drawn from it."""

from typing import NamedTuple

import numpy as np

from fer_lib.evaluate.accuracy import matched, predictions


class PerClass(NamedTuple):
    """Measures of each label, each float64 [C] from 0 to 1; 0 where there is nothing to divide by.

    Attributes
    ----------
    recall : numpy.ndarray
        Of the faces with this label, the share that was given it. Papers call it per-class accuracy.
    precision : numpy.ndarray
        Of the faces given this label, the share that carries it.
    f1 : numpy.ndarray
        Harmonic mean of the two.
    support : numpy.ndarray of int64
        Number of faces with this label.
    """

    recall: np.ndarray
    precision: np.ndarray
    f1: np.ndarray
    support: np.ndarray


def confusion(logits, labels):
    """Count the faces of each label (row) that were given each label (column).

    Parameters
    ----------
    logits : array_like of float, shape [N, C]
    labels : array_like of int, shape [N]

    Returns
    -------
    numpy.ndarray of int64, shape [C, C]

    Examples
    --------
    >>> confusion([[2.0, 1.0], [0.0, 3.0], [1.0, 0.0]], [0, 0, 1])
    array([[1, 1],
           [1, 0]])
    """
    logits, labels = matched(logits, labels)
    classes = logits.shape[1]
    cells = labels * classes + predictions(logits)
    return np.bincount(cells, minlength=classes**2).reshape(classes, classes)


def per_class(logits, labels):
    """Measure each label on its own.

    Parameters
    ----------
    logits : array_like of float, shape [N, C]
    labels : array_like of int, shape [N]

    Returns
    -------
    PerClass

    Examples
    --------
    >>> per_class([[2.0, 1.0], [0.0, 3.0], [0.0, 1.0]], [0, 0, 1]).recall
    array([0.5, 1. ])
    """
    counts = confusion(logits, labels)
    right, support, given = np.diag(counts), counts.sum(1), counts.sum(0)
    return PerClass(
        recall=_share(right, support),
        precision=_share(right, given),
        f1=_share(2 * right, support + given),
        support=support,
    )


def _share(part, whole):
    return np.divide(part, whole, out=np.zeros(len(whole)), where=whole > 0)
