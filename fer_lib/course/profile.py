"""One text at two speeds.

The ``quick`` profile draws synthetic faces and runs on a laptop's CPU in under a minute. The ``full`` profile uses
FER2013, and wants a GPU or patience. ``$FER_PROFILE`` decides; without it, finding FER2013 does.
"""

import hashlib
import os
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

import torch

from fer_lib.data import cache, load, synthetic
from fer_lib.data.find import find
from fer_lib.data.reading import Opened
from fer_lib.errors import DataError, FerError
from fer_lib.files import cache_folder
from fer_lib.train import choose_device

#: Synthetic faces of the quick profile: 4,000 to train on, 500 to validate, 500 to test.
QUICK_FACES = 5000


def profile():
    """Return the profile that this notebook runs in.

    Returns
    -------
    {"quick", "full"}

    Raises
    ------
    FerError
        If ``$FER_PROFILE`` names another, or ``$FER_DATA`` a place that holds no FER2013.

    Examples
    --------
    >>> profile() in ("quick", "full")
    True
    """
    named = os.environ.get("FER_PROFILE")
    if named:
        if named not in ("quick", "full"):
            raise FerError(f"FER_PROFILE is {named!r}, expected quick or full")
        return named
    try:
        find()
    except DataError:
        if os.environ.get("FER_DATA"):  # who names a place shall hear that nothing is there
            raise
        return "quick"
    return "full"


def setup():
    """Say in one line which profile this is, which faces `faces` gives in it, and on which device.

    Raises
    ------
    DataError
        If the profile is full and FER2013 is not found.

    Examples
    --------
    >>> setup()  # doctest: +ELLIPSIS
    Profile: ..., with ... Device: ...
    """
    chosen = profile()
    if chosen == "full":
        find()  # $FER_PROFILE may ask for what is not there: hear it here, not some cells later
    data = f"{QUICK_FACES:,} synthetic faces" if chosen == "quick" else "FER2013"
    print(f"Profile: {chosen}, with {data}. Device: {choose_device()}, {torch.get_num_threads()} threads.")


def by_profile(quick, full):
    """Return the first value in the quick profile, the second in the full one.

    Parameters
    ----------
    quick, full : object

    Returns
    -------
    object

    Examples
    --------
    >>> by_profile(quick=3, full=30) in (3, 30)
    True
    """
    return quick if profile() == "quick" else full


def faces():
    """Return the faces of the profile: synthetic ones in ``quick``, FER2013 in ``full``.

    Returns
    -------
    FaceSplits

    Examples
    --------
    >>> train, validation, test = faces()
    >>> train.images.shape[1:]
    (48, 48)
    """
    chosen = profile()
    return _faces(chosen, None if chosen == "quick" else str(find().path))


@lru_cache
def _faces(profile, place=None):
    """Return the faces; `place` is a part of the key, so that another ``$FER_DATA`` gives other faces."""
    if profile == "full":
        return load()
    file, state = cache_folder() / "faces" / f"synthetic-{QUICK_FACES}.safetensors", _drawing_code()
    opened = cache.recall(file, state)
    if opened is not None:
        return opened.splits
    splits = load("synthetic", n=QUICK_FACES)
    with suppress(OSError):  # without a cache they are drawn anew for each notebook
        cache.store(file, Opened(splits, in_order=False, notice=""), state)
    return splits


def _drawing_code():
    """Return 16 hexadecimal digits that stand for the code that draws: other code, other faces."""
    sha = hashlib.sha256(torch.__version__.encode())
    for file in sorted(Path(synthetic.__file__).parent.glob("*.py")):
        sha.update(file.read_bytes())
    return sha.hexdigest()[:16]
