"""`make book` on a small book: what must fail the build does, and what a page must not name is not there."""

import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[1]

TOC = """\
format: jb-book
root: book/intro
chapters:
  - file: book/01_page
"""

pytest.importorskip("jupyter_book")


@pytest.fixture
def book(tmp_path):
    """A book of two pages with the Makefile, the configuration and the extensions of the real one."""
    for name in ("Makefile", "_config.yml"):
        shutil.copy(ROOT / name, tmp_path)
    for name in ("tools/sphinx_ext", "book/_static/css"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "book" / "_static" / "logo.svg", tmp_path / "book" / "_static")
    (tmp_path / "_toc.yml").write_text(TOC)
    (tmp_path / "book" / "intro.md").write_text("# A book\n")
    (tmp_path / "book" / "references.bib").touch()
    for name in ("fer_lib", "data"):
        (tmp_path / name).mkdir()
    return tmp_path


def write_page(book, code):
    """Write the page as a notebook with one code cell."""
    cells = [nbformat.v4.new_markdown_cell("# Page"), nbformat.v4.new_code_cell(code)]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), book / "book" / "01_page.ipynb")


def make_book(book):
    """Run `make book`, with what is installed here; return the exit status and what it said."""
    # A link, as a path with a space in it would be two words in the Makefile.
    (book / "venv").unlink(missing_ok=True)
    (book / "venv").symlink_to(Path(sys.executable).parent)
    # -o: take the file as made, so that nothing is installed.
    command = ["make", "book", "-o", ".venv/.installed", "BIN=venv"]
    done = subprocess.run(command, cwd=book, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def page(book):
    return (book / "_build" / "html" / "book" / "01_page.html").read_text()


def test_a_build_after_a_change_runs_everything_and_one_without_a_change_nothing(book):
    (book / "book" / "library.py").write_text("answer = 'the first answer'")
    write_page(book, "import library\nprint(library.answer)")
    status, said = make_book(book)
    assert status == 0, said
    assert "the first answer" in page(book)
    # No address of another host at all: not the theme's, not thebe's, not Jupyter Book's own repository.
    assert re.findall(r"https?://[^\s\"'<]+", page(book)) == []

    built = (book / "_build" / "html" / "book" / "01_page.html").stat().st_mtime_ns
    status, said = make_book(book)
    assert status == 0, said
    assert "The book is in _build/html" in said
    assert (book / "_build" / "html" / "book" / "01_page.html").stat().st_mtime_ns == built

    (book / "book" / "library.py").write_text("answer = 'another answer'")
    config = (book / "_config.yml").read_text()
    (book / "_config.yml").write_text(config.replace('url: ""', "url: https://github.com/someone/course"))
    status, said = make_book(book)
    assert status == 0, said
    assert "another answer" in page(book)
    assert "https://colab.research.google.com/github/someone/course/blob/main/book/01_page.ipynb" in page(book)
    assert 'href="https://github.com/someone/course"' in page(book)
    assert "https://github.com/someone/course/issues/new" in page(book)


def test_a_failing_cell_fails_the_build_and_shows_its_traceback(book):
    write_page(book, "1 / 0")
    status, said = make_book(book)
    assert status != 0
    assert "ZeroDivisionError" in said
    assert "01_page" in said


def test_a_picture_without_alternative_text_or_caption_fails_the_build(book):
    write_page(book, "from matplotlib import pyplot\npyplot.plot([1, 2]);")
    status, said = make_book(book)
    assert status != 0
    assert "a picture without alternative text" in said
    assert "a picture without caption" in said


def test_the_api_page_has_every_room_of_the_library():
    api = (ROOT / "book" / "api.md").read_text()
    rooms = {f"fer_lib.{path.stem}" for path in (ROOT / "fer_lib").glob("[!_]*")} - {"fer_lib.cli"}
    assert rooms - set(re.findall(r"automodule:: ([\w.]+)", api)) == set()


@pytest.mark.parametrize(
    "package",
    ["jupyter-book", "torch", "torchvision", "numpy", "matplotlib", "seaborn", "scikit-image", "ipywidgets", "nbval"],
)
def test_the_requirements_pin(package):
    pinned = re.search(rf"^{package}==([\w.]+)$", (ROOT / "requirements.txt").read_text(), flags=re.MULTILINE)
    assert pinned, f"{package} is not pinned"
    assert pinned[1] == version(package)
