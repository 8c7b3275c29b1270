"""FER2013 as arrays: ``fer2013.npz`` with ``images``, ``emotion`` and ``usage``."""

import numpy as np

from fer_lib.data.archive import check_size
from fer_lib.data.faceset import SIZE, SPLITS
from fer_lib.data.reading import Reading, check_labels
from fer_lib.errors import DataError, brief

_KEYS = ("images", "emotion", "usage")


def read(path):
    """Read ``fer2013.npz``. Pickled objects in it are never opened.

    Parameters
    ----------
    path : pathlib.Path
        An npz with ``images`` uint8 [N, 48, 48], ``emotion`` integers 0 to 6 [N] and ``usage`` integers [N]:
        0 Training, 1 PublicTest, 2 PrivateTest.

    Returns
    -------
    Reading
        All faces, in the order of the file.

    Raises
    ------
    DataError
        If the file is damaged, or an array is missing, of another shape or out of range.
    """
    check_size(path)
    try:
        with np.load(path, allow_pickle=False) as file:
            if missing := [key for key in _KEYS if key not in file]:
                found = ", ".join(file)[:80] or "nothing"
                raise DataError(f"{path}: no array {missing[0]} but {found}; expected {', '.join(_KEYS)}")
            images, labels, split = (file[key] for key in _KEYS)
    except (DataError, OSError):
        raise
    except Exception as error:  # numpy and zipfile have no common base for what they raise on a damaged file
        raise DataError(f"{path}: an array cannot be read ({brief(error)})") from error

    if images.dtype != np.uint8 or images.shape[1:] != (SIZE, SIZE):
        found = f"{images.dtype} {list(images.shape)}"
        raise DataError(f"{path}: images are {found}, expected uint8 [N, {SIZE}, {SIZE}]")
    labels = check_labels(labels, path)
    if split.ndim != 1 or split.dtype.kind not in "iu":
        raise DataError(f"{path}: usage is {split.dtype} {list(split.shape)}, expected integers [N]")
    if not len(images) == len(labels) == len(split):
        raise DataError(f"{path}: {len(images)} images, {len(labels)} emotion and {len(split)} usage, expected as many")
    unknown = np.flatnonzero(~np.isin(split, range(len(SPLITS))))
    if len(unknown):
        raise DataError(f"{path} row {unknown[0]}: usage {split[unknown[0]]}, expected 0, 1 or 2")
    return Reading(images, labels, split.astype(np.int64))


def write(splits, folder):
    """Write ``fer2013.npz`` into `folder`."""
    np.savez_compressed(
        folder / "fer2013.npz",
        images=np.concatenate([part.images for part in splits]),
        emotion=np.concatenate([part.labels for part in splits]).astype(np.uint8),
        usage=np.repeat(np.arange(3, dtype=np.uint8), [len(part) for part in splits]),
    )
