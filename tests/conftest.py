"""Fixtures of the tests in this folder."""

import pytest
import torch
from faces_for_tests import TinyNetwork
from hypothesis import settings

from fer_lib.models import registry

settings.register_profile("no clock", deadline=None)  # a busy machine is slow, not wrong
settings.load_profile("no clock")
torch.set_num_threads(1)  # two workers on two cores: more threads would wait for each other, ten times as long


@pytest.fixture
def tiny(monkeypatch):
    """The name under which `create_model` makes a `TinyNetwork`, for one test."""
    monkeypatch.setitem(registry._NETWORKS, "tiny", TinyNetwork)
    return "tiny"
