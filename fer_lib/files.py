"""Where files live, and how one is written: whole or not at all."""

import os
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

_PACKAGE = Path(__file__).resolve().parent

#: What is published with the library, without any image: runs, splits, claims. In a checkout it is the
#: folder ``data/`` beside the package; in an installed wheel it is ``fer_lib/_data``.
PUBLISHED = _PACKAGE / "_data" if (_PACKAGE / "_data").is_dir() else _PACKAGE.parent / "data"


def cache_folder():
    """Return the folder for what can be made again: ``$FER_CACHE``, else ``fer_lib`` in the user's cache folder.

    Returns
    -------
    pathlib.Path
        The folder, which may not exist yet.

    Examples
    --------
    >>> cache_folder().is_absolute()
    True
    """
    if os.environ.get("FER_CACHE"):
        return Path(os.environ["FER_CACHE"]).expanduser()
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "fer_lib"


@contextmanager
def write_whole(path):
    """Give a temporary path beside `path`, and move it there once the block has ended well.

    A reader of `path` sees the old file or the new one, never a half of either: not after an error, a full disk or
    a power cut. The file is flushed to disk before the move, and the folder after it (which Windows cannot).

    Parameters
    ----------
    path : str or pathlib.Path
        The file to write. Its folder is made if it does not exist.

    Yields
    ------
    pathlib.Path
        The temporary file to write to: empty, in the same folder, with the same ending.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with write_whole(Path(folder, "example.txt")) as temporary:
    ...         _ = temporary.write_text("all of it")
    ...     Path(folder, "example.txt").read_text()
    'all of it'
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.stem}-{token_hex(4)}{path.suffix}")
    temporary.touch()  # unlike the temporary files of `tempfile`, with the usual permissions
    try:
        yield temporary
        _flush_to_disk(temporary)
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _flush_to_disk(path.parent)


def _flush_to_disk(path):
    folder = path.is_dir()
    if folder and os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY if folder else os.O_RDWR)  # Windows flushes only what is open for writing
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
