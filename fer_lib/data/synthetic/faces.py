"""`draw` draws faces, `load_synthetic` makes a data set of them."""

import reprlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import torch

from fer_lib.data.faceset import SIZE, SPLITS, FaceSet, FaceSplits
from fer_lib.data.synthetic.action_units import ACTION_UNITS, express
from fer_lib.data.synthetic.dice import THROWS, Dice
from fer_lib.data.synthetic.person import throw_person, throw_picture
from fer_lib.data.synthetic.portrait import paint
from fer_lib.errors import DataError
from fer_lib.labels import EMOTIONS

#: Share of each emotion label among FER2013's training faces (Goodfellow et al. 2013), in the order of `EMOTIONS`.
SHARES = np.array([3995, 436, 4097, 7215, 4830, 3171, 4965]) / 28709

_CHUNK = 64  # faces drawn at once: few enough that their pixels stay in the processor's cache
_OWN = 3  # random numbers a face needs besides those of its dice: its label, whether that is wrong, which wrong one


def draw(n, seed=0, *, labels=None, action_units=None, wrong_labels=0.1, variation=1.0):
    """Draw faces that show an expression.

    The same seed gives the same faces, bit for bit, on every machine. The first faces of a seed are the same for
    every `n`.

    Parameters
    ----------
    n : int
        How many.
    seed : int
    labels : array_like of int, shape [N], optional
        What each face shows, positions in `EMOTIONS`; else they are thrown with FER2013's `SHARES`.
    action_units : array_like of float, shape [A] or [N, A], optional
        Strengths from 0 to 1 in the order of `ACTION_UNITS`, in place of those that go with the labels.
    wrong_labels : float
        Share of faces that carry another label than the one they show.
    variation : float
        How much pose, light, hands, blur and noise vary: 0 for frontal, even and clean, 1 for photographs as found.

    Returns
    -------
    FaceSet
        With `action_units` float32 [N, A] and `landmarks` float32 [N, P, 2].

    Raises
    ------
    DataError
        If there is nothing to draw, or a number is outside its range.

    Examples
    --------
    >>> faces = draw(3, seed=1, labels=[3, 3, 3], wrong_labels=0)
    >>> faces.images.shape, [faces.names[label] for label in faces.labels]
    ((3, 48, 48), ['happy', 'happy', 'happy'])
    """
    _check(n, labels, action_units, wrong_labels, variation)
    generator = torch.Generator().manual_seed(seed)
    if labels is not None:
        labels = torch.as_tensor(np.asarray(labels, np.int64))  # torch would take uint8 for a mask
    if action_units is not None:
        action_units = torch.as_tensor(np.asarray(action_units, np.float32)).expand(n, len(ACTION_UNITS))

    def chunks():
        for start in range(0, n, _CHUNK):
            rows = torch.rand(min(_CHUNK, n - start), THROWS + _OWN + SIZE * SIZE, generator=generator)
            mine = slice(start, start + len(rows))
            given = (part if part is None else part[mine] for part in (labels, action_units))
            yield rows, *given, wrong_labels, variation

    with _one_thread_each() as pool:
        drawn = list(pool.map(_draw_chunk, *zip(*chunks(), strict=True)))
    images, labels, units, points = (torch.cat(parts).numpy() for parts in zip(*drawn, strict=True))
    return FaceSet(images, labels, "train", action_units=units, landmarks=points)


def load_synthetic(n=5000, seed=0, *, wrong_labels=0.1, variation=1.0):
    """Draw a data set in the proportions of FER2013: 80 % train, 10 % validation, 10 % test, labels by `SHARES`.

    Parameters
    ----------
    n : int
        Faces in all, at least 10.
    seed : int
    wrong_labels, variation : float
        As for `draw`.

    Returns
    -------
    FaceSplits

    Raises
    ------
    DataError
        If a number is outside its range.

    Examples
    --------
    >>> [len(part) for part in load_synthetic(50)]
    [40, 5, 5]
    """
    if n < 10:
        raise DataError(f"n is {n!r}, expected at least 10, so that every part holds a face")
    held_out = n // 10
    labels = [_quota(count, seed + part) for part, count in enumerate((n - 2 * held_out, held_out, held_out))]
    faces = draw(n, seed, labels=np.concatenate(labels), wrong_labels=wrong_labels, variation=variation)
    ends = np.cumsum([len(part) for part in labels])
    parts = [
        replace(faces[end - len(part) : end], split=name, rows=None)
        for part, end, name in zip(labels, ends, SPLITS, strict=True)
    ]
    return FaceSplits(*parts, source=f"{n:,} synthetic faces", official=False)


@contextmanager
def _one_thread_each():
    """Give as many workers as PyTorch has threads, each using one: chunks are too small to be split further."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with ThreadPoolExecutor(threads) as pool:
            yield pool
    finally:
        torch.set_num_threads(threads)


@torch.inference_mode()
def _draw_chunk(rows, shown, units, wrong_labels, variation):
    """Draw a chunk of faces, each from its own row of random numbers."""
    dice = Dice(rows)
    label, is_wrong, which = rows[:, THROWS : THROWS + _OWN].T
    if shown is None:
        shown = (label[:, None] >= torch.from_numpy(SHARES[:-1].cumsum())).sum(1)
    person, picture = throw_person(dice), throw_picture(dice, variation)
    # What a face shows is thrown even where it is given, so that the same seed gives the same person.
    thrown = express(shown, dice)
    units = thrown if units is None else units
    grain = rows[:, THROWS + _OWN :].reshape(-1, SIZE, SIZE) * 2 - 1
    images, points = paint(person, picture, units, grain)
    return images, torch.where(is_wrong < wrong_labels, _other(shown, which), shown), units, points


def _other(shown, chance):
    """Return for each label another one, by `SHARES`, so that wrong labels leave the proportions nearly as they are."""
    shares = torch.from_numpy(SHARES).repeat(len(shown), 1)
    shares[torch.arange(len(shown)), shown] = 0
    ends = shares.cumsum(1)
    return (chance[:, None] * ends[:, -1:] >= ends[:, :-1]).sum(1)


def _quota(count, seed):
    """Return `count` labels in the proportions of `SHARES`, to within one face, in random order."""
    exact = SHARES * count
    counts = np.floor(exact).astype(int)
    short = np.argsort(counts - exact, kind="stable")[: count - counts.sum()]  # those that rounding wronged most
    counts[short] += 1
    order = torch.randperm(count, generator=torch.Generator().manual_seed(seed)).numpy()
    return np.repeat(np.arange(len(EMOTIONS)), counts)[order]


def _check(n, labels, action_units, wrong_labels, variation):
    if n < 1:
        raise DataError(f"n is {n!r}, expected at least 1 face")
    if labels is not None:
        labels = np.asarray(labels)
        if labels.shape != (n,) or labels.dtype.kind not in "iu" or labels.min() < 0 or labels.max() >= len(EMOTIONS):
            expected = f"{n} whole numbers from 0 to {len(EMOTIONS) - 1}"
            raise DataError(f"labels are {reprlib.repr(labels.tolist())}, expected {expected}")
    if action_units is not None:
        units = np.asarray(action_units)
        if units.shape not in ((len(ACTION_UNITS),), (n, len(ACTION_UNITS))):
            raise DataError(f"action_units have shape {units.shape}, expected {len(ACTION_UNITS)} a face")
        if not (units.min() >= 0 and units.max() <= 1):  # NaN is neither
            raise DataError(f"action_units go from {units.min()} to {units.max()}, expected 0 to 1")
    for name, value in (("wrong_labels", wrong_labels), ("variation", variation)):
        if not 0 <= value <= 1:
            raise DataError(f"{name} is {value!r}, expected 0 to 1")
