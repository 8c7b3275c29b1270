"""What notebooks need: one text at two speeds, questions that answer back, and parts to work with."""

from fer_lib.course.flip_book import flip_book
from fer_lib.course.interactive import Interactive
from fer_lib.course.profile import by_profile, faces, profile, setup
from fer_lib.course.question import Question

__all__ = ["Interactive", "Question", "by_profile", "faces", "flip_book", "profile", "setup"]
