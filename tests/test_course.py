"""What notebooks need: the profile, its data, and questions that answer back."""

import base64
import html.parser
import json
import sys

import numpy as np
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


def test_setup_promises_no_fer2013_where_there_is_none(nowhere, monkeypatch):
    monkeypatch.setenv("FER_PROFILE", "full")
    with pytest.raises(FerError, match="no FER2013 in"):
        course.setup()


def test_setup_says_which_data_this_is(nowhere, capsys):
    course.setup()
    assert capsys.readouterr().out.startswith("Profile: quick, with 5,000 synthetic faces. Device: ")


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
    assert not any("aria-describedby" in a for a in radios), "it would be read aloud before anything is picked"
    assert {a.get("aria-live") for tag, a in tags if tag == "div"} == {"polite"}, "what is said to a picked answer"
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


# --- interactive parts ------------------------------------------------------------------------------------------------


def json_of(part):
    return json.loads(part._repr_html_().partition('<script type="application/json">')[2].partition("</script>")[0])


def test_arrays_reach_the_page_with_shape_and_type():
    arrays = {"pixels": np.arange(6, dtype=np.uint8).reshape(2, 3), "maps": np.linspace(0, 1, 4, dtype=np.float32)}
    for name, found in json_of(course.Interactive("part", "Look.", **arrays)).items():
        content = np.frombuffer(base64.b64decode(found["base64"]), found["dtype"]).reshape(found["shape"])
        np.testing.assert_array_equal(content, arrays[name])


def test_plain_values_stay_and_arrays_inside_them_are_found():
    data = {"names": ["a", "b"], "runs": [{"curve": np.zeros(2, np.float32), "rate": 0.1}]}
    found = json_of(course.Interactive("part", "Look.", **data))
    assert found["names"] == ["a", "b"]
    assert found["runs"][0]["rate"] == 0.1
    assert found["runs"][0]["curve"]["shape"] == [2]


def test_no_text_can_end_the_script_or_leave_its_attribute():
    part = course.Interactive("part", 'Say "</script><b>".', text="</script><script>alert(1)</script>")
    assert part._repr_html_().count("</script>") == 1
    assert json_of(part)["text"] == "</script><script>alert(1)</script>"
    assert 'aria-label="Say &quot;' in part._repr_html_()


def test_a_comment_in_a_text_cannot_swallow_the_end_of_the_script():
    part = course.Interactive("part", "Say it.", text="<!--<script>")
    assert part._repr_html_().count("<script") == 1
    assert "<!--" not in part._repr_html_()
    assert json_of(part)["text"] == "<!--<script>"


def test_an_array_of_another_type_is_refused():
    with pytest.raises(TypeError, match="an array of float64: expected uint8 or float32"):
        course.Interactive("part", "Look.", values=np.zeros(2))._repr_html_()


def test_what_a_part_must_show_first_stands_on_the_page():
    assert 'data-expected="0.25"' in course.Interactive("part", "Look.", expected=np.float32(0.25))._repr_html_()
    assert "data-expected" not in course.Interactive("part", "Look.")._repr_html_()


def test_where_there_is_no_script_the_description_is_shown():
    part = course.Interactive("part", "Move the slider.")
    assert repr(part) == "Move the slider. (Works in the built book.)"
    assert "Move the slider." in part._repr_html_()


# --- faces are drawn once ---------------------------------------------------------------------------------------------


def test_drawn_faces_come_back_from_the_cache_as_they_were(nowhere, monkeypatch, tmp_path):
    module = sys.modules["fer_lib.course.profile"]
    monkeypatch.setattr(module, "QUICK_FACES", 40)
    drawn = module._faces.__wrapped__("quick")
    monkeypatch.setattr(module, "load", lambda *_, **__: pytest.fail("drawn again"))
    again = module._faces.__wrapped__("quick")
    assert again.source == drawn.source
    for one, other in zip(again, drawn, strict=True):
        for name in ("images", "labels", "rows", "action_units", "landmarks"):
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_a_damaged_cache_is_drawn_anew(nowhere, monkeypatch, tmp_path):
    module = sys.modules["fer_lib.course.profile"]
    monkeypatch.setattr(module, "QUICK_FACES", 40)
    drawn = module._faces.__wrapped__("quick")
    (file,) = (tmp_path / "faces").glob("synthetic-*.safetensors")
    file.write_bytes(b"damaged")
    assert module._faces.__wrapped__("quick").digest() == drawn.digest()
