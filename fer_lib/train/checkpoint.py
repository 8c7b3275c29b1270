"""Checkpoints: the state of a run on disk, of which one good copy always exists."""

import glob
import logging
import os
import pickle
import zipfile
from contextlib import contextmanager
from pathlib import Path

import torch
from filelock import FileLock, Timeout

from fer_lib.errors import CheckpointError, brief
from fer_lib.files import write_whole

_log = logging.getLogger(__name__)


def save_checkpoint(path, state):
    """Write a checkpoint, and keep the one before it under the ending ``.older``.

    Parameters
    ----------
    path : str or pathlib.Path
    state : dict
        Tensors, numbers, strings, lists and dicts only, so that loading needs no code.

    Raises
    ------
    CheckpointError
        If it cannot be written, on a full disk for example. What was saved before stays.
    """
    path = Path(path)
    try:
        with write_whole(path) as temporary:
            torch.save(state, temporary)
            if path.exists():
                os.replace(path, _older(path))
    except (OSError, RuntimeError) as error:  # torch says RuntimeError when the disk is full
        raise CheckpointError(f"{path}: cannot be saved: {brief(error)}") from error


def load_checkpoint(path):
    """Load a checkpoint; if it is damaged, the one before it, which then takes its place.

    Parameters
    ----------
    path : str or pathlib.Path

    Returns
    -------
    dict or None
        The state that was saved, with all tensors on the CPU; None if nothing was saved yet.

    Raises
    ------
    CheckpointError
        If the file holds code, which is refused, or if neither file can be read.
    """
    path = Path(path)
    _delete_unfinished(path)
    damaged = False
    for candidate in (path, _older(path)):
        if not candidate.exists():
            continue
        try:
            state = _read(candidate)
        except pickle.UnpicklingError as error:
            raise CheckpointError(
                f"{candidate}: holds more than numbers (it could run code), so it is refused"
            ) from error
        except (RuntimeError, EOFError, OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
            damaged = True
            _log.warning("%s: damaged (%s); trying the one before it", candidate, brief(error))
            continue
        if candidate != path:  # else the next save would keep the damaged one, and overwrite this one
            os.replace(candidate, path)
        return state
    if damaged:
        raise CheckpointError(f"{path}: damaged, and so is or is missing the one before it: delete it to start anew")
    return None


def check_identity(path, saved, identity):
    """Refuse a checkpoint that is of another run, and warn of what makes the same run end with other bits.

    Parameters
    ----------
    path : str or pathlib.Path
        Of the checkpoint, for the message.
    saved : dict
        What `load_checkpoint` returned.
    identity : dict
        ``recipe`` and ``data``, which must be the same; ``device``, ``threads``, ``workers`` and ``compiled``, which
        should.

    Raises
    ------
    CheckpointError
        If the recipe or the data differ, or it is not the checkpoint of a run at all.
    """
    if not isinstance(saved, dict) or not saved.keys() >= identity.keys():
        raise CheckpointError(f"{path}: not the checkpoint of a run: name another file")
    if saved["recipe"] != identity["recipe"]:
        theirs = saved["recipe"]
        pairs = [(name, theirs.get(name), value) for name, value in identity["recipe"].items()]
        differs = "; ".join(f"{name} {found!r}, expected {value!r}" for name, found, value in pairs if found != value)
        raise CheckpointError(f"{path}: of another recipe ({differs}): delete it to start anew")
    if saved["data"] != identity["data"]:
        found = f"of other data (digests {saved['data']}, expected {identity['data']})"
        raise CheckpointError(f"{path}: {found}: delete it to start anew")
    for what in ("device", "threads", "workers", "compiled"):
        if saved[what] != identity[what]:
            found = f"{what} {saved[what]} so far, {identity[what]} from here on"
            _log.warning("%s: %s: the weights will not be bit for bit the same", path, found)


@contextmanager
def in_use(path, workers):
    """Within the block, no other process trains with this checkpoint. The system ends the claim if this one dies.

    Parameters
    ----------
    path : str, pathlib.Path or None
        The checkpoint; None if there is none to guard.
    workers : Workers
        Of those that train together, rank 0 makes the claim for all.

    Raises
    ------
    CheckpointError
        If another process is training with it, or the place cannot be written to.
    """
    if path is None or workers.rank:
        yield
        return
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(_lock(path)).acquire(timeout=0)
    except Timeout as error:
        raise CheckpointError(f"{path}: another process is training with it: wait for it, or name another") from error
    except OSError as error:  # after Timeout, which is one too
        raise CheckpointError(f"{path}: cannot be saved: {brief(error)}") from error
    with lock:
        yield


def delete_checkpoint(path):
    """Remove a checkpoint and the one before it, if they exist."""
    _delete_unfinished(Path(path))
    for candidate in (Path(path), _older(Path(path)), _lock(path)):
        candidate.unlink(missing_ok=True)


def _read(path):
    with zipfile.ZipFile(path) as archive:
        if archive.testzip() is not None:  # torch itself looks at no checksum
            raise zipfile.BadZipFile("wrong checksum")
    return torch.load(path, map_location="cpu", weights_only=True)


def _older(path):
    return path.with_suffix(".older" + path.suffix)


def _lock(path):
    return Path(path).with_name(f"{Path(path).name}.lock")


def _delete_unfinished(path):
    """Remove what a kill in the middle of a save leaves behind: the temporary file of `write_whole`."""
    for unfinished in path.parent.glob(f".{glob.escape(path.stem)}-????????{path.suffix}"):
        unfinished.unlink()
