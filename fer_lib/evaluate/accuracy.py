"""Accuracy with its interval, and the accuracy that guessing reaches."""

import math
from typing import NamedTuple

import numpy as np


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


def wilson(right, n, z=1.959964):
    """Return a share and its 95 % score interval.

    Unlike value ± 1.96 standard errors, the interval stays within 0 to 1 and is honest for small n, such as the 55
    disgust faces of the test part. Source: Wilson 1927.

    Parameters
    ----------
    right : int
        Number of right answers.
    n : int
        Number of answers, at least 1.
    z : float
        Standard deviations to either side; the default covers 95 %.

    Returns
    -------
    Score

    Examples
    --------
    >>> print(wilson(0, 10))
    0.0 % (0.0-27.8, n = 10)
    """
    share = right / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return Score(share, max(0.0, centre - half), min(1.0, centre + half), n)


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

    Examples
    --------
    >>> accuracy([[2.0, 1.0], [0.0, 3.0]], [0, 0]).value
    0.5
    """
    labels = np.asarray(labels)
    return wilson(int((predictions(logits) == labels).sum()), len(labels))


def predictions(logits):
    """Return the number of the largest logit of each face: int64 [N]; of equal ones, the first."""
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
