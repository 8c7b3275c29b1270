"""FER2013 from Kaggle, by kagglehub: only when asked for."""

import shutil
from pathlib import Path

from fer_lib.data.forms import detect, detect_below, known_forms
from fer_lib.data.whole_folder import write_whole_folder
from fer_lib.errors import DataError, brief, require
from fer_lib.files import cache_folder

#: Folders of JPEGs, for everyone; split kept, order and a little sharpness lost.
FOLDERS = "msambare/fer2013"

#: The file of the 2013 challenge, as published; for whoever has a Kaggle account and has accepted the challenge's
#: rules.
CHALLENGE = "challenges-in-representation-learning-facial-expression-recognition-challenge"

#: Folders of their own, so that the exact file can be fetched where the pictures are already; `places` lists both.
_TARGETS = {"folders": "fer2013-folders", "challenge": "fer2013"}

_NEEDS = {
    "folders": "is this machine online?",
    "challenge": "it needs an account, a token in ~/.kaggle, and the challenge's rules accepted; `folders` needs none",
}


def fetch(what="folders"):
    """Fetch FER2013 into the cache folder, where ``load()`` finds it.

    Parameters
    ----------
    what : {"folders", "challenge"}
        ``"folders"``: the most downloaded form, JPEGs in the official split but not in official order; needs no
        account. ``"challenge"``: ``icml_face_data.csv``, exact and official, fit for FER+ votes; needs a Kaggle
        account.

    Returns
    -------
    pathlib.Path
        The folder that holds the data. What is there already is not fetched again.

    Raises
    ------
    DataError
        If Kaggle cannot be reached or refuses, or what it gives is in no known form. Nothing is left behind.
    MissingExtra
        If kagglehub is not installed.
    """
    if what not in _NEEDS:
        raise DataError(f"fetch {what!r}, expected folders or challenge")
    target = cache_folder() / _TARGETS[what]
    if target.is_dir() and detect(target):
        return target
    fetched = _download(what)
    found = detect_below(fetched)
    if found is None:
        raise DataError(f"{fetched}: Kaggle gave no FER2013 in a known form, expected one of {known_forms()}")
    with write_whole_folder(target) as folder:
        if found.path.is_dir():
            try:
                shutil.copytree(found.path, folder, dirs_exist_ok=True)
            except shutil.Error as error:  # it goes on after a failed file, and lists all of them in the end
                raise OSError(error.args[0][0][2]) from error
        else:
            shutil.copy(found.path, folder)
    return target


def _download(what):
    kagglehub = require("kagglehub", "data")
    try:
        if what == "challenge":
            return Path(kagglehub.competition_download(CHALLENGE, path="icml_face_data.csv"))
        return Path(kagglehub.dataset_download(FOLDERS))
    except Exception as error:  # kagglehub has no common base for what it raises, and its messages span lines
        raise DataError(f"Kaggle gave no FER2013 ({brief(error)}): {_NEEDS[what]}") from error
