"""Where FER2013 is looked for."""

import os
from pathlib import Path

from fer_lib.data.forms import detect, known_forms
from fer_lib.errors import DataError
from fer_lib.files import cache_folder


def places():
    """Return the places that are searched, in order: ``$FER_DATA``, ``./data/fer2013``, and what `fetch` fetched.

    Returns
    -------
    list of pathlib.Path
        Files or folders, which may not exist.

    Examples
    --------
    >>> places()[-1].name
    'fer2013-folders'
    """
    named = [Path(os.environ["FER_DATA"]).expanduser()] if os.environ.get("FER_DATA") else []
    return [*named, Path("data/fer2013"), cache_folder() / "fer2013", cache_folder() / "fer2013-folders"]


def find(source="auto"):
    """Find FER2013.

    Parameters
    ----------
    source : str or pathlib.Path
        ``"auto"`` for the first of `places` that holds it, or a file or folder.

    Returns
    -------
    Source
        Form and path.

    Raises
    ------
    DataError
        If nothing is there, or nothing in a known form.
    """
    if source == "auto":
        found = next(filter(None, map(detect, places())), None)
        if found is None:
            looked = f"$FER_DATA ({os.environ.get('FER_DATA') or 'not set'}), {', '.join(map(str, places()[-3:]))}"
            raise DataError(
                f'no FER2013 in {looked}: `fer-lib data fetch` gets it, and load("synthetic") needs no data'
            )
        return found
    path = Path(source).expanduser()
    if not path.exists():
        raise DataError(f"{path}: no such file or folder")
    found = detect(path)
    if found is None:
        raise DataError(f"{path}: no FER2013 in a known form, expected one of {known_forms()}")
    return found


def find_reference(source):
    """Find the published pixels, split and order, to lead a lossy form back to; beside it first, then in `places`.

    Parameters
    ----------
    source : Source
        The lossy form.

    Returns
    -------
    Source or None
        An exact form, if there is one.
    """
    found = map(detect, _around(source))
    return next((other for other in found if other and other.form.exact), None)


def find_beside(source, name):
    """Find a file by its name beside the data, else in `places`.

    Parameters
    ----------
    source : Source
        The data.
    name : str
        Name of the file.

    Returns
    -------
    pathlib.Path or None
        The file, if there is one.
    """
    return next((folder / name for folder in _around(source) if (folder / name).is_file()), None)


def _around(source):
    """Return the folder that the data lies in, and that around it, then the searched ones."""
    folder = source.path if source.path.is_dir() else source.path.parent
    return [folder, folder.parent, *(place.parent if place.is_file() else place for place in places())]
