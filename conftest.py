"""Fixtures of all tests, the examples in docstrings included."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def fer2013():
    """The folder that holds the real FER2013 (`fer2013.npz`, `fer2013new.csv`); skips where there is none."""
    folder = os.environ.get("FER_DATA")
    if not folder:
        pytest.skip("FER_DATA is not set: the real FER2013 is not here")
    return Path(folder).resolve()


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory, monkeypatch):
    """Every test session has a cache folder of its own, so that no test reads what another run left."""
    monkeypatch.setenv("FER_CACHE", str(tmp_path_factory.getbasetemp() / "cache"))
