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
        ``"auto"`` for ``$FER_DATA`` if it is set, else for the first of `places` that holds it; or a file or folder.

    Returns
    -------
    Source
        Form and path.

    Raises
    ------
    DataError
        If nothing is there, or nothing in a known form.
    """
    if source == "auto" and not os.environ.get("FER_DATA"):
        found = next(filter(None, map(_look, places())), None)
        if found is None:
            looked = f"$FER_DATA (not set), {', '.join(map(str, places()))}"
            raise DataError(
                f'no FER2013 in {looked}: `fer-lib data fetch` gets it, and load("synthetic") needs no data'
            )
        return found
    path = places()[0] if source == "auto" else Path(source).expanduser()
    name = f"$FER_DATA, {path}" if source == "auto" else str(path)
    try:
        if not path.exists():
            raise DataError(f"{name}: no such file or folder")
        found = detect(path)
    except OSError as error:
        raise DataError(f"{name}: cannot be read ({error.strerror or error})") from error
    if found is None:
        raise DataError(f"{name}: no FER2013 in a known form, expected one of {known_forms()}")
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
    found = map(_look, _around(source))
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
    return next((folder / name for folder in _around(source) if os.path.isfile(folder / name)), None)


def _around(source):
    """Return the folder that the data lies in, and that around it, then the searched ones."""
    folder = source.path if source.path.is_dir() else source.path.parent
    return [folder, folder.parent, *(place.parent if os.path.isfile(place) else place for place in places())]


def _look(path):
    """Tell the form of what lies at a path that nobody named: what may not be looked at is passed over."""
    try:
        return detect(path)
    except OSError:
        return None
