"""A folder written whole or not at all."""

import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from fer_lib.errors import DataError


@contextmanager
def write_whole_folder(path):
    """Give a temporary folder beside `path`, and move it there once the block has ended well.

    Parameters
    ----------
    path : str or pathlib.Path
        The folder to make: it must not exist, or be empty.

    Yields
    ------
    pathlib.Path
        The temporary folder to write into. After an error it is removed.

    Raises
    ------
    DataError
        If `path` holds something already, is the current folder, or cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as parent:
    ...     with write_whole_folder(Path(parent, "all")) as folder:
    ...         Path(folder, "a.txt").touch()
    ...     os.listdir(Path(parent, "all"))
    ['a.txt']
    """
    path = Path(path).expanduser().resolve()  # a link cannot be replaced by a folder
    if path == Path.cwd():
        raise DataError(f"{path}: is the current folder, expected a new or empty one elsewhere")
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise DataError(f"{path}: is there already, expected a new or empty folder")
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(mkdtemp(dir=path.parent, prefix=f".{path.name}-"))
        yield temporary
        temporary.chmod(0o755)
        if path.exists():
            path.rmdir()  # Windows moves nothing onto a folder, not even onto an empty one
        os.replace(temporary, path)
    except OSError as error:
        raise DataError(f"{path}: cannot be written ({error.strerror or error})") from error
    finally:
        if temporary:
            shutil.rmtree(temporary, ignore_errors=True)
