"""Accuracy with its interval, and the accuracy that guessing reaches."""

import math
from typing import NamedTuple

import numpy as np

from fer_lib.errors import FerError

#: Standard deviations to either side of a normal distribution that hold 95 % of it.
Z95 = 1.959964


class Score(NamedTuple):
    """A share of right answers with its 95 % interval.

    Attributes
    ----------
    value, low, high : float
        From 0 to 1.
    n : int
        Number of answers.

    Examples
    --------
    >>> print(wilson(1345, 3589))
    37.5 % (35.9-39.1, n = 3,589)
    """

    value: float
    low: float
    high: float
    n: int

    def __str__(self):
        return f"{self.value:.1%} ({100 * self.low:.1f}-{100 * self.high:.1f}, n = {self.n:,})".replace("%", " %")


def wilson(right, n):
    """Return a share and its 95 % score interval.

    Unlike value ± 1.96 standard errors, the interval stays within 0 to 1 and is honest for small n, such as the 55
    disgust faces of the test part. Source: Wilson 1927.

    Parameters
    ----------
    right : int
        Number of right answers.
    n : int
        Number of answers, at least 1.

    Returns
    -------
    Score

    Examples
    --------
    >>> print(wilson(0, 10))
    0.0 % (0.0-27.8, n = 10)
    """
    share, z = right / n, Z95
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    low, high = min(share, centre - half), max(share, centre + half)  # the share lies inside, whatever rounding does
    return Score(share, max(0.0, low), min(1.0, high), n)


def accuracy(logits, labels):
    """Return the share of faces whose largest logit is that of their label.

    Parameters
    ----------
    logits : array_like of float, shape [N, C]
        Or anything that grows with the logits, such as probabilities.
    labels : array_like of int, shape [N]

    Returns
    -------
    Score

    Raises
    ------
    FerError
        If the two do not belong together: see `matched`.

    Examples
    --------
    >>> accuracy([[2.0, 1.0], [0.0, 3.0]], [0, 0]).value
    0.5
    """
    logits, labels = matched(logits, labels)
    return wilson(int((predictions(logits) == labels).sum()), len(labels))


def matched(logits, labels):
    """Return logits and labels as arrays, or say why they do not belong together. Every measure begins with it.

    Parameters
    ----------
    logits : array_like of float, shape [N, C]
    labels : array_like of int, shape [N]

    Returns
    -------
    logits : numpy.ndarray, shape [N, C]
    labels : numpy.ndarray of int64, shape [N]

    Raises
    ------
    FerError
        If the shapes do not fit, there is no face, a logit is not a finite number, or a label is not from 0 to C-1.

    Examples
    --------
    >>> matched([[2.0, 1.0]], [2])
    Traceback (most recent call last):
        ...
    fer_lib.errors.FerError: row 0: label 2, expected 0 to 1
    """
    logits, labels = np.asarray(logits), np.asarray(labels)
    if logits.ndim != 2 or labels.shape != logits.shape[:1] or not len(labels):
        found = f"logits are {list(logits.shape)} and labels {list(labels.shape)}"
        raise FerError(f"{found}, expected [N, C] and [N] with at least one face")
    finite = np.isfinite(logits).all(1)
    if not finite.all():
        raise FerError(f"row {finite.argmin()}: logits {logits[finite.argmin()].tolist()}, expected finite numbers")
    if labels.dtype.kind not in "iu":
        raise FerError(f"labels are {labels.dtype}, expected whole numbers")
    wrong = (labels < 0) | (labels >= logits.shape[1])
    if wrong.any():
        raise FerError(f"row {wrong.argmax()}: label {labels[wrong.argmax()]}, expected 0 to {logits.shape[1] - 1}")
    return logits, labels.astype(np.int64)


def predictions(logits):
    """Return what a network answers: the number of the largest logit of each face; of equal ones, the first.

    Parameters
    ----------
    logits : array_like of float, shape [N, C]

    Returns
    -------
    numpy.ndarray of int64, shape [N]

    Examples
    --------
    >>> predictions([[0.1, 0.9], [2.0, 2.0]]).tolist()
    [1, 0]
    """
    return np.asarray(logits).argmax(1)


def majority_baseline(train_labels, labels):
    """Return the accuracy of always guessing the most frequent label of the training part.

    Parameters
    ----------
    train_labels, labels : array_like of int
        Labels to count, and labels to guess.

    Returns
    -------
    Score

    Examples
    --------
    >>> majority_baseline([3, 3, 1], [3, 1, 3, 3]).value
    0.75
    """
    guess = np.bincount(train_labels).argmax()
    labels = np.asarray(labels)
    return wilson(int((labels == guess).sum()), len(labels))
