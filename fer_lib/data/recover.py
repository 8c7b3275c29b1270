"""The official split and order, found again by what the pictures show.

Re-packed folders hold JPEGs: no pixel need be as published, so hashes find nothing. Yet a JPEG is far nearer to its own
original than to any other face (measured on FER2013, mean absolute difference in grey values: quality 95 at most 1.6,
quality 75 at most 6.6; between two different faces of one label 32 in the median).
"""

import numpy as np

from fer_lib.data.reading import Reading

#: A picture and its original differ by less than this: mean absolute difference, in grey values of 0 to 255.
MAX_DIFFERENCE = 8.0

_BLOCK = 4  # faces are compared as 12x12 block means: exact enough to find the nearest, 16 times less work


def recover(reading, reference):
    """Give a reading the split and order of a reference that holds the same faces.

    Parameters
    ----------
    reading : Reading
        Faces whose split or order is lost; labels as published.
    reference : FaceSplits
        The same faces, or more, in official order.

    Returns
    -------
    Reading or None
        The same images and labels in official order; None if a face is not found in the reference.
    int
        How many faces are not found.
    """
    images, labels = (np.concatenate([getattr(part, name) for part in reference]) for name in ("images", "labels"))
    rows = match(reading.images, reading.labels, images, labels)
    lost = int((rows < 0).sum())
    if lost:
        return None, lost
    order = np.argsort(rows)
    split = np.repeat([0, 1, 2], [len(part) for part in reference])
    return Reading(reading.images[order], reading.labels[order], split[rows[order]]), 0


def match(images, labels, reference_images, reference_labels):
    """Find for each face its own row in the reference: nearest of the same label, no row twice.

    The label tells apart the 56 photos that FER2013 holds under several labels. Copies with the same label can stand
    for one another.

    Parameters
    ----------
    images : numpy.ndarray of uint8, shape [N, 48, 48]
        The faces to find.
    labels : numpy.ndarray of int64, shape [N]
        Their labels.
    reference_images : numpy.ndarray of uint8, shape [M, 48, 48]
        The faces to find them among.
    reference_labels : numpy.ndarray of int64, shape [M]
        Their labels.

    Returns
    -------
    numpy.ndarray of int64, shape [N]
        Rows of the reference, or -1 where none is near enough.

    Examples
    --------
    >>> faces = np.random.default_rng(0).integers(0, 250, (4, 48, 48), dtype=np.uint8)
    >>> match(faces[[2, 0]] + 3, np.array([1, 1]), faces, np.array([1, 1, 1, 0]))
    array([2, 0])
    """
    rows = np.full(len(images), -1)
    for label in np.unique(labels):
        ours, theirs = np.flatnonzero(labels == label), np.flatnonzero(reference_labels == label)
        found = _match_label(images[ours], reference_images[theirs])
        rows[ours[found >= 0]] = theirs[found[found >= 0]]
    return rows


def _match_label(images, reference):
    """Let each face ask for the nearest free row; the nearest asker gets it, the others ask again."""
    rows, points, reference_points = np.full(len(images), -1), _blocks(images), _blocks(reference)
    asking, free = np.arange(len(images)), np.arange(len(reference))
    while len(asking) and len(free):
        wanted = free[_nearest(points[asking], reference_points[free])]
        difference = np.abs(images[asking].astype(np.int16) - reference[wanted]).mean((1, 2))
        near = difference < MAX_DIFFERENCE
        asking, wanted, difference = asking[near], wanted[near], difference[near]
        by_difference = np.argsort(difference, kind="stable")
        given, first = np.unique(wanted[by_difference], return_index=True)
        served = by_difference[first]
        rows[asking[served]] = given
        asking, free = np.delete(asking, served), np.setdiff1d(free, given)
    return rows


def _blocks(images):
    """Return block means, float32 [N, 144], near 0 so that their squares lose no digits."""
    side = images.shape[1] // _BLOCK
    blocks = images.reshape(len(images), side, _BLOCK, side, _BLOCK).mean((2, 4), dtype=np.float32)
    return blocks.reshape(len(images), side**2) - 128


def _nearest(points, reference, chunk=1024):
    """Return for each point the row of the nearest reference point, by |a - b|² = |a|² - 2 (a·b - |b|²/2)."""
    half_square = (reference**2).sum(1) / 2
    chunks = range(0, len(points), chunk)
    return np.concatenate([(points[at : at + chunk] @ reference.T - half_square).argmax(1) for at in chunks])
