"""What notebooks need: the profile, its data, and questions that answer back."""

import html.parser

import pytest

from fer_lib import course
from fer_lib.errors import FerError


@pytest.fixture
def nowhere(monkeypatch, tmp_path):
    """A folder without FER2013, and nothing that points to it."""
    monkeypatch.delenv("FER_DATA", raising=False)
    monkeypatch.delenv("FER_PROFILE", raising=False)
    monkeypatch.setenv("FER_CACHE", str(tmp_path))
    monkeypatch.chdir(tmp_path)


def test_without_fer2013_the_profile_is_quick(nowhere):
    assert course.profile() == "quick"
    assert course.by_profile(quick=1, full=2) == 1


def test_fer_profile_decides_whatever_is_found(nowhere, monkeypatch):
    monkeypatch.setenv("FER_PROFILE", "full")
    assert course.profile() == "full"


@pytest.mark.fer2013
def test_with_fer2013_the_profile_is_full(fer2013, monkeypatch):
    monkeypatch.delenv("FER_PROFILE", raising=False)
    assert course.profile() == "full"


def test_an_unknown_profile_is_refused(nowhere, monkeypatch):
    monkeypatch.setenv("FER_PROFILE", "fast")
    with pytest.raises(FerError, match="FER_PROFILE is 'fast', expected quick or full"):
        course.profile()


def test_setup_says_which_data_this_is(nowhere, capsys):
    course.setup()
    assert capsys.readouterr().out.startswith("Profile: quick. Data: 5,000 synthetic faces. Device: ")


QUESTION = course.Question("Is 1 < 2?", {"Yes": "Right. <b>", "No": "Count."})


class Tags(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))


def test_a_question_can_be_answered_by_keyboard_and_read_aloud():
    tags = Tags(QUESTION._repr_html_()).tags
    radios = [a for tag, a in tags if tag == "input"]
    assert len(radios) == 2
    assert len({a["name"] for a in radios}) == 1, "one group, so that arrow keys move within it"
    assert {a["id"] for a in radios} == {a["for"] for tag, a in tags if tag == "label"}
    assert {a["aria-describedby"] for a in radios} == {a["id"] for tag, a in tags if tag == "p"}
    assert [tag for tag, _ in tags if tag in ("fieldset", "legend")] == ["fieldset", "legend"]


def test_a_question_escapes_its_text_and_needs_no_script():
    text = QUESTION._repr_html_()
    assert "Is 1 &lt; 2?" in text
    assert "<b>" not in text
    assert "<script" not in text


def test_a_question_reads_as_text_where_html_is_not_shown():
    assert repr(QUESTION).splitlines() == ["Is 1 < 2?", "  ( ) Yes", "  ( ) No"]


@pytest.mark.parametrize("answers", [{"Yes": "Right."}, {"Yes": "No.", "No": "No."}])
def test_a_question_without_choice_or_without_a_right_answer_is_refused(answers):
    with pytest.raises(FerError, match="expected two answers or more"):
        course.Question("Well?", answers)
