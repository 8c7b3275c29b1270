"""Fixtures of the tests in this folder."""

import pytest
from faces_for_tests import TinyNetwork

from fer_lib.models import registry


@pytest.fixture
def tiny(monkeypatch):
    """The name under which `create_model` makes a `TinyNetwork`, for one test."""
    monkeypatch.setitem(registry._NETWORKS, "tiny", TinyNetwork)
    return "tiny"
