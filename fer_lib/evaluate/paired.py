"""Paired tests: is one model better than another, on the very same faces?"""

import math
from typing import NamedTuple

from fer_lib.evaluate.accuracy import Z95, matched, predictions


class Comparison(NamedTuple):
    """Two models on the same faces.

    Attributes
    ----------
    difference, low, high : float
        Accuracy of the first minus accuracy of the second, with its 95 % interval, each from -1 to 1.
    only_first, only_second : int
        Faces that one model got right and the other did not.
    p_value : float
        How often chance alone would split those faces at least as unevenly, were the two models equally good.
    """

    difference: float
    low: float
    high: float
    only_first: int
    only_second: int
    p_value: float


def compare(first, second, labels):
    """Compare two models with McNemar's exact test, which looks only at the faces on which they differ.

    Sources: McNemar 1947 for the test; Dietterich 1998, section 3.1, for its use on classifiers; Bonett & Price 2012,
    equation 8, for the interval, which stays honest where few faces or all of them differ.

    Parameters
    ----------
    first, second : array_like of float, shape [N, C]
        Logits of the two models for the same faces.
    labels : array_like of int, shape [N]

    Returns
    -------
    Comparison

    Examples
    --------
    >>> first = [[1.0, 0.0]] * 8
    >>> second = [[0.0, 1.0]] * 6 + [[1.0, 0.0]] * 2
    >>> compare(first, second, [0] * 8).p_value
    0.03125
    """
    first, labels = matched(first, labels)
    second, labels = matched(second, labels)
    first_right, second_right = predictions(first) == labels, predictions(second) == labels
    only_first = int((first_right & ~second_right).sum())
    only_second = int((second_right & ~first_right).sum())
    n, differ = len(labels), only_first + only_second
    difference = (only_first - only_second) / n
    a, b = (only_first + 1) / (n + 2), (only_second + 1) / (n + 2)
    half = Z95 * math.sqrt((a + b - (a - b) ** 2) / (n + 2))
    low, high = min(difference, a - b - half), max(difference, a - b + half)
    return Comparison(
        difference, max(-1.0, low), min(1.0, high), only_first, only_second, _sign_test(differ, only_first)
    )


def _sign_test(n, heads):
    """Return the two-sided probability of so uneven a result in n throws of a fair coin."""
    tail = sum(math.comb(n, k) for k in range(min(heads, n - heads) + 1))
    return min(1.0, 2 * tail / 2**n)  # integers of any size, so exact
