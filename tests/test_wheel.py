"""The wheel: what a reader without a checkout has. (`make notebooks` runs every notebook with it.)"""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[1]

pytest.importorskip("build")
pytest.importorskip("hatchling")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of this checkout, built."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(folder.glob("fer_lib-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel):
    """A folder that holds what the wheel installs, and nothing else."""
    folder = wheel.parent / "installed"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


@pytest.mark.parametrize("name", ["README.md", "claims.json", "runs", "splits", "studies", "weights"])
def test_it_carries_what_is_published(name, installed):
    published, carried = ROOT / "data" / name, installed / "fer_lib" / "_data" / name
    files = [file for file in published.rglob("*") if file.is_file()] if published.is_dir() else [published]
    for file in files:
        copy = carried / file.relative_to(published) if published.is_dir() else carried
        assert copy.read_bytes() == file.read_bytes(), f"{file.relative_to(ROOT)} is not in the wheel as it is here"


def test_it_carries_every_module(installed):
    modules = {path.relative_to(ROOT) for path in (ROOT / "fer_lib").rglob("*.py")}
    assert {path for path in modules if not (installed / path).is_file()} == set()


def test_it_carries_no_face(installed):
    pictures = [path.name for path in installed.rglob("*") if path.suffix in {".png", ".jpg", ".jpeg", ".gif", ".npy"}]
    assert pictures == []
    for path in installed.rglob("*.npz"):
        with np.load(path) as arrays:
            for name, array in arrays.items():
                assert array.shape[-2:] != (48, 48), f"{path.name}: {name} has the shape of faces"
                assert array.shape[-1:] != (48 * 48,), f"{path.name}: {name} has the shape of flattened faces"


def test_it_is_small_enough_to_install_on_colab_without_waiting(wheel):
    assert wheel.stat().st_size < 30e6, "Colab fetches it at each start"


def test_it_finds_its_data_without_a_checkout(installed, tmp_path):
    code = "from fer_lib.files import PUBLISHED; print(PUBLISHED, (PUBLISHED / 'README.md').is_file())"
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.stdout.split() == [str(installed / "fer_lib" / "_data"), "True"], done.stderr
