"""Calibration: does a network that says 80 % turn out right 80 % of the time?"""

from typing import NamedTuple

import numpy as np

from fer_lib.evaluate.accuracy import matched, predictions


class Calibration(NamedTuple):
    """Confidence against accuracy in bins of confidence.

    Attributes
    ----------
    error : float
        Expected calibration error, 0 to 1: the gap between the two, averaged over the faces.
    confidence, accuracy : numpy.ndarray of float64, shape [B]
        Mean of each bin; 0 where a bin is empty.
    count : numpy.ndarray of int64, shape [B]
        Faces in each bin.
    """

    error: float
    confidence: np.ndarray
    accuracy: np.ndarray
    count: np.ndarray


def softmax(logits):
    """Turn logits into probabilities.

    Parameters
    ----------
    logits : array_like of float, shape [N, C]

    Returns
    -------
    numpy.ndarray of float64, shape [N, C]
        Each row sums to 1.

    Examples
    --------
    >>> softmax([[0.0, 0.0]])
    array([[0.5, 0.5]])
    """
    logits = np.asarray(logits, dtype=np.float64)
    powers = np.exp(logits - logits.max(1, keepdims=True))  # the largest becomes 1, so that nothing overflows
    return powers / powers.sum(1, keepdims=True)


def calibration(logits, labels, bins=15):
    """Compare what a network claims with what it gets right. Source: Guo et al. 2017, section 2.

    Parameters
    ----------
    logits : array_like of float, shape [N, C]
    labels : array_like of int, shape [N]
    bins : int
        Number of equal bins of confidence from 0 to 1.

    Returns
    -------
    Calibration

    Examples
    --------
    >>> round(calibration([[9.0, 0.0], [9.0, 0.0]], [0, 1]).error, 2)
    0.5
    """
    logits, labels = matched(logits, labels)
    probabilities = softmax(logits)
    confidence = probabilities.max(1)
    right = predictions(logits) == labels
    bin_of = np.minimum(np.ceil(confidence * bins).astype(int) - 1, bins - 1)
    count = np.bincount(bin_of, minlength=bins)
    nonempty = np.maximum(count, 1)
    mean_confidence = np.bincount(bin_of, weights=confidence, minlength=bins) / nonempty
    mean_accuracy = np.bincount(bin_of, weights=right, minlength=bins) / nonempty
    error = float((np.abs(mean_confidence - mean_accuracy) * count).sum() / len(right))
    return Calibration(error, mean_confidence, mean_accuracy, count)
