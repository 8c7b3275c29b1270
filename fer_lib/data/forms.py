"""The forms FER2013 is found in: one table, and how a form is told from what lies in a folder."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from glob import escape, glob
from pathlib import Path
from tempfile import TemporaryDirectory

from fer_lib.data import csv_form, folders, npz, parquet
from fer_lib.data.archive import unpack
from fer_lib.data.reading import Reading
from fer_lib.errors import DataError


@dataclass(frozen=True)
class Form:
    """One form of FER2013.

    Attributes
    ----------
    name : str
        What it is called here.
    marker : str
        A pattern: a folder in which it finds something holds this form.
    read : callable
        Turns the path of the data into a `Reading`.
    files : tuple of str
        For a form of several files, the patterns that find them, from the folder that the marker lies in; `read` then
        gets this folder, and else the file itself.
    exact : bool
        Whether pixels, split and order are as published, so that it can serve as a reference.
    """

    name: str
    marker: str
    read: Callable[[Path], Reading]
    files: tuple = ()
    exact: bool = True


@dataclass(frozen=True)
class Source:
    """Data that has been found: its form, and the file or folder it lies in."""

    form: Form
    path: Path

    def files(self):
        """Return the paths of every file of the data, sorted; as text, since there can be 35,887 of them."""
        if not self.form.files:
            return [str(self.path)]
        return sorted(file for pattern in self.form.files for file in glob(f"{escape(str(self.path))}/{pattern}"))

    def __str__(self):
        return self.form.name if self.form.files else self.path.name


def detect(path):
    """Tell the form of what lies at a path.

    Parameters
    ----------
    path : pathlib.Path
        A file, or a folder that holds FER2013 in one of `FORMS`. Of several forms in one folder the first in `FORMS`
        wins.

    Returns
    -------
    Source or None
        None if there is nothing in a known form.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Path(folder, "fer2013.csv").touch()
    ...     detect(Path(folder)).form.name
    'csv'
    """
    path = Path(os.path.abspath(path))  # no link is followed: where it leads, names and neighbours may be others
    for form in FORMS:
        if path.is_file():
            if path.suffix and path.suffix == Path(form.marker).suffix:
                return Source(form, path.parent if form.files else path)
        elif found := sorted(each for each in path.glob(form.marker) if not each.name.startswith(".")):
            return Source(form, found[0].parent if form.files else found[0])
    return None


def detect_below(path):
    """Tell the form of what lies at a path, or else in a folder of it: archives often have one folder around all."""
    below = sorted(filter(Path.is_dir, path.iterdir())) if path.is_dir() else []
    return next(filter(None, map(detect, [path, *below])), None)


def _read_zip(path):
    """Unpack an archive, read what it holds, and remove what was unpacked."""
    with TemporaryDirectory(prefix="fer_lib-") as folder:  # not in the cache folder, which may be read-only
        unpack(path, folder)
        found = detect_below(Path(folder))
        if found is None or found.path.suffix == ".zip":
            raise DataError(f"{path}: holds no FER2013 in a known form, expected one of {known_forms()}")
        try:
            return found.form.read(found.path)
        except DataError as error:  # name the archive: when this is read, the folder is gone
            raise DataError(str(error).replace(folder, str(path))) from error


_PICTURES = ("train/*/*", "test/*/*", "validation/*/*")

#: Every form, the fastest to read first.
FORMS = (
    Form("npz", "fer2013.npz", npz.read),
    Form("parquet", "train*.parquet", parquet.read, files=("*.parquet",)),
    Form("csv", "fer2013.csv", csv_form.read),
    Form("icml", "icml_face_data.csv", csv_form.read),
    Form("kaggle2019", "images/train", folders.read, files=_PICTURES, exact=False),
    Form("folders", "train", folders.read, files=_PICTURES, exact=False),
    Form("zip", "*.zip", _read_zip, exact=False),
)


def known_forms():
    """Return the markers of all forms, in words for an error."""
    return ", ".join(form.marker for form in FORMS)
