"""FER2013 from any form into any other."""

import shutil

from fer_lib.data import csv_form, folders, npz, parquet
from fer_lib.data.find import find, find_beside
from fer_lib.data.loading import load, open_source
from fer_lib.data.votes import VOTES_FILE
from fer_lib.data.whole_folder import write_whole_folder
from fer_lib.errors import DataError

#: The forms that can be written. All keep every pixel but ``"kaggle2019"``, which is as lossy as what it stands for.
WRITERS = {
    "csv": csv_form.write,
    "icml": csv_form.write_icml,
    "npz": npz.write,
    "parquet": parquet.write,
    "folders": folders.write,
    "kaggle2019": folders.write_kaggle2019,
}


def convert(source, form, out):
    """Write data in another form, with its FER+ votes if it has any.

    Parameters
    ----------
    source : str or pathlib.Path
        As in `load`: ``"auto"``, ``"synthetic"``, a file or a folder.
    form : {"csv", "icml", "npz", "parquet", "folders", "kaggle2019"}
        ``"folders"`` are of PNG files, so all forms have the same digest. Only ``"kaggle2019"`` has another: it writes
        JPEG and loses the official split, which is what makes it worth a look.
    out : str or pathlib.Path
        A new or empty folder. After an error it is as before.

    Returns
    -------
    FaceSplits
        What was written.

    Raises
    ------
    DataError
        If the source is unreadable or has lost FER2013's order (in another form it would pass for official), the form
        is unknown, or `out` holds something or cannot be written.

    Examples
    --------
    >>> convert("synthetic", "xlsx", "out")
    Traceback (most recent call last):
        ...
    fer_lib.errors.DataError: form 'xlsx', expected csv, icml, npz, parquet, folders, kaggle2019
    """
    if form not in WRITERS:
        raise DataError(f"form {form!r}, expected {', '.join(WRITERS)}")
    if source == "synthetic":
        splits, votes_file = load(source), None
    else:
        found = find(source)
        opened = open_source(found)
        if not opened.in_order:
            raise DataError(f"{found.path}: has lost FER2013's split or order, and would pass for official as {form}")
        splits, votes_file = opened.splits, find_beside(found, VOTES_FILE)
    with write_whole_folder(out) as folder:
        WRITERS[form](splits, folder)
        if votes_file and splits.official:
            shutil.copy(votes_file, folder)
    return splits
