"""What notebooks need: one text at two speeds, and questions that answer back.

The ``quick`` profile draws synthetic faces and runs on a laptop's CPU in under a minute. The ``full`` profile uses
FER2013, and wants a GPU or patience. ``$FER_PROFILE`` decides; without it, finding FER2013 does.
"""

import hashlib
import html
import os
from functools import cache

import torch

from fer_lib.data import load
from fer_lib.data.find import find
from fer_lib.errors import DataError, FerError
from fer_lib.train import choose_device

#: Synthetic faces of the quick profile: 4,000 to train on, 500 to validate, 500 to test.
QUICK_FACES = 5000


def profile():
    """Return the profile: ``"quick"`` or ``"full"``.

    Raises
    ------
    FerError
        If ``$FER_PROFILE`` names another.

    Examples
    --------
    >>> profile() in ("quick", "full")
    True
    """
    named = os.environ.get("FER_PROFILE")
    if named:
        if named not in ("quick", "full"):
            raise FerError(f"FER_PROFILE is {named!r}, expected quick or full")
        return named
    try:
        find()
    except DataError:
        return "quick"
    return "full"


def setup():
    """Say in one line which profile, data and device this notebook uses."""
    data = f"{QUICK_FACES:,} synthetic faces" if profile() == "quick" else "FER2013"
    print(f"Profile: {profile()}. Data: {data}. Device: {choose_device()}, {torch.get_num_threads()} threads.")


def by_profile(quick, full):
    """Return the first value in the quick profile, the second in the full one.

    Examples
    --------
    >>> by_profile(quick=3, full=30) in (3, 30)
    True
    """
    return quick if profile() == "quick" else full


def faces():
    """Return the faces of the profile: synthetic ones in ``quick``, FER2013 in ``full``.

    Returns
    -------
    FaceSplits
    """
    return _faces(profile())


@cache
def _faces(profile):
    return load("synthetic", n=QUICK_FACES) if profile == "quick" else load()


class Question:
    """A multiple-choice question that answers back, in a notebook and in the book, without a kernel or JavaScript.

    Parameters
    ----------
    text : str
        The question.
    answers : dict of str to str
        Each answer with what to say to whoever picks it. What is said to a right answer begins with "Right".

    Raises
    ------
    FerError
        If there are fewer than two answers, or none is right.

    Examples
    --------
    >>> Question("1 + 1?", {"2": "Right.", "3": "Count again."})
    1 + 1?
      ( ) 2
      ( ) 3
    """

    def __init__(self, text, answers):
        if len(answers) < 2 or not any(said.startswith("Right") for said in answers.values()):
            raise FerError(f"question {text!r}: expected two answers or more, one of which says 'Right'")
        self.text, self.answers = text, answers

    def __repr__(self):
        return "\n".join([self.text, *(f"  ( ) {answer}" for answer in self.answers)])

    def _repr_html_(self):
        name = "q" + hashlib.sha256(self.text.encode()).hexdigest()[:8]
        rows = []
        for number, (answer, said) in enumerate(self.answers.items()):
            key, kind = f"{name}-{number}", "right" if said.startswith("Right") else "wrong"
            rows.append(
                f'<div><input type="radio" name="{name}" id="{key}" aria-describedby="{key}-said">'
                f'<label for="{key}"> {html.escape(answer)}</label>'
                f'<p class="fer-quiz-feedback fer-quiz-{kind}" id="{key}-said">{html.escape(said)}</p></div>'
            )
        legend = f"<legend>{html.escape(self.text)}</legend>"
        return f'{_QUIZ_STYLE}<fieldset class="fer-quiz">{legend}{"".join(rows)}</fieldset>'


# A picked answer shows what is said to it: plain CSS, so that it works in the static page as in Colab.
_QUIZ_STYLE = (
    "<style>.fer-quiz p{display:none;margin:.2em 0 .6em 1.6em}.fer-quiz input:checked~p{display:block}"
    ".fer-quiz p::before{content:'\\2717  '}.fer-quiz p.fer-quiz-right::before{content:'\\2713  '}</style>"
)
