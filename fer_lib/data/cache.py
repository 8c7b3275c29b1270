"""One memory-mappable file for data that has been read once.

It is a plain safetensors file: the arrays of each part, and what is known of them as metadata. Opening checks
that the source is unchanged and that every byte is as it was written; whatever is wrong with a cache, it is as if
there were none.
"""

import hashlib
import json
import logging
import os
import time
from contextlib import suppress

import numpy as np
from safetensors.numpy import save

from fer_lib.data.faceset import SPLITS, FaceSet, FaceSplits, digest_of
from fer_lib.data.reading import Opened
from fer_lib.files import cache_folder, write_whole

#: Raise when a reader or the layout changes: every older cache is then made anew.
VERSION = "1"

#: The arrays of a `FaceSet` that are stored, where it has them; and their types, as safetensors calls them.
_KINDS = ("images", "labels", "action_units", "landmarks")
_DTYPES = {"U8": np.uint8, "I64": "<i8", "F32": "<f4"}

_LOG = logging.getLogger(__name__)
_STALE = 3600  # seconds after which the temporary file of a killed process is removed
_CHUNK = 2**20


def state_of(files):
    """Return a digest of names, sizes and times of files: equal as long as nobody touched them.

    Parameters
    ----------
    files : list of str
        What the data is read from.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    sha = hashlib.sha256()
    for file in files:
        status = os.stat(file)
        sha.update(os.fsencode(file) + f"\0{status.st_size}\0{status.st_mtime_ns}\0".encode())
    return sha.hexdigest()


def cache_file(path):
    """Return the one cache file of the data at `path`."""
    name = hashlib.sha256(os.fsencode(os.path.abspath(path))).hexdigest()[:16]
    return cache_folder() / "faces" / f"{name}.safetensors"


def store(file, opened, state):
    """Write data to a cache file, whole or not at all.

    Parameters
    ----------
    file : pathlib.Path
        From `cache_file`.
    opened : Opened
        What was read.
    state : str
        From `state_of`.

    Raises
    ------
    OSError
        If it cannot be written, for lack of room or of permission.
    """
    arrays = {_name(part.split, kind): getattr(part, kind) for part in opened.splits for kind in _KINDS}
    tensors = {name: np.ascontiguousarray(array) for name, array in arrays.items() if array is not None}
    metadata = {
        "version": VERSION,
        "state": state,
        "digest": digest_of(tensors.values()),
        "known": json.dumps([opened.splits.source, opened.splits.official, opened.in_order, opened.notice]),
    }
    _remove_stale(file.parent)
    with write_whole(file) as temporary:
        temporary.write_bytes(save(tensors, metadata))


def recall(file, state):
    """Open a cache file, memory-mapped.

    Parameters
    ----------
    file : pathlib.Path
        From `cache_file`.
    state : str
        From `state_of`: of the source as it is now.

    Returns
    -------
    Opened or None
        None if there is no cache, or it is of another version or another state of the source, or damaged.
    """
    try:
        with open(file, "rb") as handle:
            return _recall(handle, state)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, OverflowError) as error:
        _LOG.warning("%s: this cache is not used, the data is read anew (%s)", file, error)
        return None


def _recall(handle, state):
    size = int.from_bytes(handle.read(8), "little")
    if size > _CHUNK:
        raise ValueError("its header is damaged")
    header = json.loads(handle.read(size))
    metadata = header["__metadata__"]
    if (metadata["version"], metadata["state"]) != (VERSION, state):  # the normal course of things: no warning
        _LOG.info("%s: made anew, as the source or its reader has changed", handle.name)
        return None
    if metadata["digest"] != _digest(handle, header, 8 + size):
        raise ValueError("its content is damaged")

    # Copy on write: nothing is read before it is used, and nothing written to it reaches the file. Tensors can share it
    # without the warning that PyTorch gives on read-only arrays.
    mapped = np.memmap(handle, np.uint8, "c")[8 + size :]

    def tensor(entry):
        start, end = entry["data_offsets"]
        return np.asarray(mapped[start:end].view(_DTYPES[entry["dtype"]]).reshape(entry["shape"]))

    parts = []
    for split in SPLITS:
        arrays = {kind: tensor(header[_name(split, kind)]) for kind in _KINDS if _name(split, kind) in header}
        parts.append(FaceSet(**arrays, split=split))
    source, official, in_order, notice = json.loads(metadata["known"])
    return Opened(FaceSplits(*parts, source, official), in_order, notice)


def _name(split, kind):
    return f"{split}.{kind}"


def _digest(handle, header, start):
    """Return the digest of all arrays, from the file in pieces: the data need not fit in memory."""
    sha = hashlib.sha256()
    for split in SPLITS:
        for name in (_name(split, kind) for kind in _KINDS if _name(split, kind) in header):
            begin, end = header[name]["data_offsets"]
            handle.seek(start + begin)
            for at in range(begin, end, _CHUNK):
                sha.update(handle.read(min(_CHUNK, end - at)))
    return sha.hexdigest()[:16]


def _remove_stale(folder):
    """Remove temporary files that a killed process left behind."""
    for temporary in folder.glob(".*.safetensors"):
        with suppress(FileNotFoundError):  # another process has just finished writing it
            if time.time() - temporary.stat().st_mtime > _STALE:
                temporary.unlink()
