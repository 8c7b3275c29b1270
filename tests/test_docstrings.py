"""Everything public says what it takes and gives, and shows an example, which the doctests run."""

import importlib
import inspect
import pkgutil

import pytest
from numpydoc.validate import validate

import fer_lib

#: Codes of numpydoc: no docstring; a parameter that is missing, unknown or out of order; no Returns; no Examples.
PROMISED = {"GL08", "PR01", "PR02", "PR03", "RT01", "EX01"}


def public():
    """Return the full names of the functions that the rooms of the library export."""
    rooms = [each.name for each in pkgutil.walk_packages(fer_lib.__path__, "fer_lib.") if "__main__" not in each.name]
    modules = [importlib.import_module(room) for room in rooms]
    things = (getattr(module, name) for module in modules for name in getattr(module, "__all__", ()))
    return sorted({f"{each.__module__}.{each.__name__}" for each in things if inspect.isfunction(each)})


@pytest.mark.parametrize("name", public())
def test_a_public_function_says_what_it_takes_and_gives_and_shows_an_example(name):
    missing = [message for code, message in validate(name)["errors"] if code in PROMISED]
    assert not missing, f"{name}: {'; '.join(missing)}"


def test_the_check_finds_what_is_missing():
    codes = {code for code, _ in validate(f"{__name__}.{undocumented.__name__}")["errors"]}
    assert {"PR01", "RT01", "EX01"} <= codes


def undocumented(value):
    """Return what it was given."""
    return value
