"""Checkpoints: the state of a run on disk, of which one good copy always exists."""

import logging
import os
import pickle
import zipfile
from pathlib import Path

import torch

from fer_lib.errors import CheckpointError
from fer_lib.files import write_whole

_log = logging.getLogger(__name__)


def save_checkpoint(path, state):
    """Write a checkpoint, and keep the one before it under the ending ``.older``.

    Parameters
    ----------
    path : str or pathlib.Path
    state : dict
        Tensors, numbers, strings, lists and dicts only, so that loading needs no code.
    """
    path = Path(path)
    with write_whole(path) as temporary:
        torch.save(state, temporary)
        if path.exists():
            os.replace(path, _older(path))


def load_checkpoint(path):
    """Load a checkpoint; if it is damaged, the one before it.

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
    damaged = []
    for candidate in (path, _older(path)):
        if not candidate.exists():
            continue
        try:
            if not zipfile.is_zipfile(candidate):  # torch would take it for a file of an older format
                raise EOFError("cut short")
            return torch.load(candidate, map_location="cpu", weights_only=True)
        except pickle.UnpicklingError as error:
            raise CheckpointError(
                f"{candidate}: holds more than numbers (it could run code), so it is refused"
            ) from error
        except (RuntimeError, EOFError, OSError, KeyError, ValueError) as error:
            damaged.append(candidate)
            _log.warning("%s: damaged (%s); trying the one before it", candidate, str(error).splitlines()[0])
    if damaged:
        raise CheckpointError(f"{path}: damaged, and so is or is missing the one before it: delete it to start anew")
    return None


def delete_checkpoint(path):
    """Remove a checkpoint and the one before it, if they exist."""
    for candidate in (Path(path), _older(Path(path))):
        candidate.unlink(missing_ok=True)


def _older(path):
    return path.with_suffix(".older" + path.suffix)
