"""How smooth filters are: Alizadeh & Fazel 2017 (figure 10) take smooth ones as a sign of a training long enough."""

import numpy as np

from fer_lib.errors import FerError


def smoothness(filters):
    """Return the mean share of a filter's power that a slope of grey explains.

    A slope is an even grey, or one that rises in one direction: 3 of the k x k directions that a filter can point in.
    So random filters have 3 / k², 1/3 for 3x3, and smooth ones more.

    Parameters
    ----------
    filters : array_like of float, shape [N, k, k]

    Returns
    -------
    float
        From 0 to 1. A filter of zeros points nowhere and does not count.

    Raises
    ------
    FerError
        If there is no filter but zeros.

    Examples
    --------
    >>> round(smoothness([[[1, 2, 3], [1, 2, 3], [1, 2, 3]]]), 6)
    1.0
    """
    filters = np.asarray(filters, float)
    filters = filters[(filters != 0).any(axis=(1, 2))]
    if not len(filters):
        raise FerError("no filter that is not zero: nothing can be said of smoothness")
    rows, side = filters.reshape(len(filters), -1), filters.shape[-1]
    down, across = np.mgrid[:side, :side].reshape(2, -1)
    slopes, _ = np.linalg.qr(np.stack([np.ones(side**2), down, across], axis=1))
    return float((((rows @ slopes) ** 2).sum(axis=1) / (rows**2).sum(axis=1)).mean())
