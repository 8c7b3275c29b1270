"""`Question`: a knowledge check inside the page."""

import hashlib
import html

from fer_lib.errors import FerError


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
            rows.append(  # aria-live: what appears in the row of the picked answer is read aloud
                f'<div aria-live="polite"><input type="radio" name="{name}" id="{key}">'
                f'<label for="{key}"> {html.escape(answer)}</label>'
                f'<p class="fer-quiz-feedback fer-quiz-{kind}">{html.escape(said)}</p></div>'
            )
        legend = f"<legend>{html.escape(self.text)}</legend>"
        return f'{_QUIZ_STYLE}<fieldset class="fer-quiz">{legend}{"".join(rows)}</fieldset>'


# A picked answer shows what is said to it: plain CSS, so that it works in the static page as in Colab.
_QUIZ_STYLE = (
    "<style>.fer-quiz p{display:none;margin:.2em 0 .6em 1.6em}.fer-quiz input:checked~p{display:block}"
    ".fer-quiz p::before{content:'\\2717  '}.fer-quiz p.fer-quiz-right::before{content:'\\2713  '}</style>"
)
