"""FER+ votes into labels: Microsoft's own rule, in its three modes.

Barsoum et al. 2016, section 4, as their published code has it (``src/ferplus.py`` of microsoft/FERPlus). In each mode
votes of a single tagger are dropped first, and a face is left out if half of the remaining votes or more are not used,
or if "unknown" or "NF" (not a face) leads.

What Microsoft calls *crossentropy* trains on the distribution of mode ``"probability"``; what it calls *probability*
draws one label from that distribution for each batch. *multi_target* is ``"multi-label"`` here.
"""

import numpy as np

from fer_lib.labels import FERPLUS_EMOTIONS


def ferplus_targets(votes, mode):
    """Turn votes into label distributions, and leave out the faces that taggers did not agree on.

    ``"majority"``
        The label with more than half of the votes: a one-hot target.
    ``"probability"``
        The labels in order of votes, those with equal votes together, until they have three quarters of the votes; a
        face that needs more than three labels, or "unknown" or "NF" before it has half of the votes, is left out.
        Targets are the shares of the votes.
    ``"multi-label"``
        Every label with at least 30 % of the votes, each with the same weight. Microsoft gives each of them the target
        1 and takes any of them as right; we make them sum to 1, for a cross-entropy.

    Parameters
    ----------
    votes : numpy.ndarray of int64, shape [N, 10]
        Columns as in `FERPLUS_VOTES`.
    mode : {"majority", "probability", "multi-label"}
        The rule.

    Returns
    -------
    targets : numpy.ndarray of float32, shape [N, 8]
        Each row sums to 1, or to 0 where the face is left out. Columns as in `FERPLUS_EMOTIONS`.
    labels : numpy.ndarray of int64, shape [N]
        The label with the most votes, the first of them if several have; -1 where the face is left out.

    Examples
    --------
    >>> votes = np.array([[0, 5, 0, 4, 1, 0, 0, 0, 0, 0]])
    >>> targets, labels = ferplus_targets(votes, "probability")
    >>> targets.round(2)
    array([[0.  , 0.56, 0.  , 0.44, 0.  , 0.  , 0.  , 0.  ]], dtype=float32)
    >>> FERPLUS_EMOTIONS[labels[0]]
    'happiness'
    """
    votes = np.where(votes > 1, votes, 0)  # [N, 10]
    total = votes.sum(1, keepdims=True)  # [N, 1]
    used = np.where(MODES[mode](votes), votes, 0)
    emotions = used[:, : len(FERPLUS_EMOTIONS)]  # [N, 8]
    kept = 2 * used.sum(1, keepdims=True) > total
    kept &= emotions.max(1, keepdims=True) == used.max(1, keepdims=True)  # else "unknown" or "NF" leads
    weights = kept * (emotions > 0 if mode == "multi-label" else emotions)
    targets = weights / np.maximum(weights.sum(1, keepdims=True), 1)
    return targets.astype(np.float32), np.where(kept[:, 0], emotions.argmax(1), -1)


def _majority(votes):
    """Return which columns count: those with more than half of the votes."""
    return 2 * votes > votes.sum(1, keepdims=True)


def _multi_label(votes):
    """Return which columns count: those with 30 % of the votes or more."""
    return (votes > 0) & (10 * votes >= 3 * votes.sum(1, keepdims=True))


def _probability(votes):
    """Return which columns count: the leading ones, up to three quarters of the votes, if they are three at most.

    Columns are taken in order of votes, equal ones together. So a column is taken if those strictly ahead of it are
    fewer than three, have less than three quarters of the votes, and neither "unknown" nor "NF" is among them. These
    two end the taking, and count themselves only where they alone lead.
    """
    ahead = votes[:, None, :] > votes[:, :, None]  # [N, column, column ahead of it]
    emotions = len(FERPLUS_EMOTIONS)
    taken = (votes > 0) & (ahead.sum(2) < 3) & ~ahead[:, :, emotions:].any(2)
    taken &= 4 * (ahead * votes[:, None, :]).sum(2) < 3 * votes.sum(1, keepdims=True)
    taken[:, emotions:] &= ~taken[:, :emotions].any(1, keepdims=True)
    return taken & (taken.sum(1, keepdims=True) <= 3)


#: The modes, each with the columns that count in it.
MODES = {"majority": _majority, "probability": _probability, "multi-label": _multi_label}
