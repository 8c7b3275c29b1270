"""The house as CONTRIBUTING describes it: rooms import leftwards only, and the core needs no extra."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import fer_lib

PACKAGE = Path(fer_lib.__file__).parent

#: The rooms in the order their data flows. A room imports from those before it.
ROOMS = (
    *("errors", "files", "labels", "data", "claims", "send", "augment", "batches"),
    *("models", "evaluate", "runs", "train"),
    *("explain", "plots", "course", "bench", "cli"),
)

EXTRAS = (
    "pyarrow",
    "kagglehub",
    "seaborn",
    "skimage",
    "ipywidgets",
    "IPython",
    "torchvision",
    "pandas",
    "optuna",
)


def room_of(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_rooms(path):
    """Return the rooms that a file imports from, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        modules += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        for module in modules:
            if module.startswith("fer_lib."):
                yield module.split(".")[1]
            elif module == "fer_lib":
                yield from (alias.name for alias in node.names if alias.name in ROOMS)


FILES = sorted(path for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE or path.name != "__init__.py")


def test_every_file_is_in_a_known_room():
    assert {room_of(path) for path in FILES} == set(ROOMS)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_imports_only_leftwards(path):
    mine = ROOMS.index(room_of(path))
    rightwards = [room for room in imported_rooms(path) if ROOMS.index(room) > mine]
    assert not rightwards, f"{room_of(path)} stands left of {rightwards}"


def test_the_library_imports_without_any_extra():
    code = (
        f"import importlib, pkgutil, sys\nfor name in {EXTRAS}: sys.modules[name] = None\nimport fer_lib\n"
        "for each in pkgutil.walk_packages(fer_lib.__path__, 'fer_lib.'):\n"
        "    if '__main__' not in each.name: importlib.import_module(each.name)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
