"""A zip archive as Kaggle gives it: measured before it is opened, unpacked inside its folder only."""

import zipfile
import zlib
from pathlib import PurePosixPath, PureWindowsPath

from fer_lib.errors import DataError, brief

#: No form of FER2013 unpacks to more than 0.3 GB; the challenge's own archive, which holds it three times, to 1 GB.
MAX_UNPACKED = 2 * 1024**3


def check_size(path):
    """Refuse a zip or npz that would unpack to more than `MAX_UNPACKED` bytes.

    The sizes it declares can be trusted for this: `zipfile` never gives out more than was declared.

    Parameters
    ----------
    path : str or pathlib.Path
        The archive.

    Raises
    ------
    DataError
        If it is not a zip archive, or too large.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except zipfile.BadZipFile as error:
        raise DataError(f"{path}: not a zip archive, or one that is cut short") from error
    if size > MAX_UNPACKED:
        raise DataError(f"{path}: would unpack to {size / 1e9:,.1f} GB, expected at most {MAX_UNPACKED / 1e9:,.1f} GB")


def unpack(path, folder):
    """Unpack a zip archive into `folder`; nothing is unpacked unless every member stays inside it.

    Parameters
    ----------
    path : str or pathlib.Path
        The archive.
    folder : str or pathlib.Path
        Where to. Remove it yourself if this fails half way on a damaged member.

    Raises
    ------
    DataError
        If a member's path leads outside, or the archive is damaged, encrypted or too large.

    Examples
    --------
    >>> import io
    >>> with zipfile.ZipFile(evil := io.BytesIO(), "w") as archive:
    ...     archive.writestr("../outside.txt", "")
    >>> unpack(evil, "inside")
    Traceback (most recent call last):
        ...
    fer_lib.errors.DataError: ...: member '../outside.txt' leads outside the folder it is unpacked in
    """
    check_size(path)
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if any(".." in form(name).parts or form(name).anchor for form in (PurePosixPath, PureWindowsPath)):
                raise DataError(f"{path}: member {name[:80]!r} leads outside the folder it is unpacked in")
        try:
            archive.extractall(folder)
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:  # RuntimeError: encrypted
            raise DataError(f"{path}: a member cannot be unpacked ({brief(error)})") from error
