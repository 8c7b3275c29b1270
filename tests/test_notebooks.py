"""The notebooks as they are stored, and the rules that `tools/check_notebooks.py` holds them to."""

import json
import subprocess
import sys
from pathlib import Path

import check_notebooks as check
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

ROOT = Path(__file__).resolve().parents[1]

UNSET = {"repository": {"url": "", "branch": "main"}}
SET = {"repository": {"url": "https://github.com/someone/course", "branch": "main"}}
FIGURE = {"mystnb": {"figure": {"name": "fig-counts", "caption": "Faces a label."}}}
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}


def complaints_about(*cells, name="page.ipynb", metadata=KERNEL):
    """Return what is wrong with a notebook that has the set-up cell and these cells, as one text."""
    setup = check.setup_cell(UNSET)
    notebook = new_notebook(cells=[new_code_cell(setup), *cells], metadata=metadata)
    return "\n".join(check.complaints(Path(name), notebook, setup))


def exercise(number):
    return new_markdown_cell(f"**Exercise {number} (predict).** How many?")


def solution(number):
    return new_code_cell(f"# @title Solution {number}\nassert 1 + 1 == 2", metadata={"tags": ["solution", "hide-cell"]})


def test_every_notebook_of_the_book_passes():
    assert check.main([]) == 0


def test_a_notebook_that_does_it_all_right_passes():
    assert (
        complaints_about(
            new_markdown_cell("Ours is better than 65.5 % {cite}`tang2013`. `50.1 %` is code."),
            new_code_cell("from fer_lib import plots\nplots.label_counts(\n    faces\n)", metadata=FIGURE),
        )
        == ""
    )


@pytest.mark.parametrize(
    ("cell", "complaint"),
    [
        (new_code_cell("1", outputs=[new_output("stream", text="1")]), "cell 2 has stored outputs"),
        (new_code_cell("1", execution_count=3), "cell 2 has an execution count"),
        (new_code_cell("plots.label_counts(faces)"), "cell 2 shows a figure without name and caption"),
        (
            new_code_cell("display(table)\nplots.label_counts(faces)", metadata=FIGURE),
            "cell 2 displays something beside its captioned figure",
        ),
        (new_markdown_cell("We reach 71.2 % on the test faces."), "71.2 % is typed without a citation"),
        (new_code_cell("open('/home/me/faces.csv')"), "cell 2 names a path of one machine: /home/me"),
        (new_markdown_cell("![a face](https://example.org/face.png)"), "cell 2 loads an image from another host"),
        (new_markdown_cell("<img alt='' src='https://example.org/face.png'>"), "loads an image from another host"),
    ],
)
def test_a_bad_cell_gets_one_complaint_that_names_it(cell, complaint):
    found = complaints_about(cell)
    assert complaint in found
    assert "\n" not in found


def promise(execution_count):
    """Return a cell that keeps its output."""
    output = new_output("stream", text="2")
    tags = {"tags": ["keep_output"]}
    return new_code_cell(
        "# NBVAL_CHECK_OUTPUT\nprint(1 + 1)", outputs=[output], execution_count=execution_count, metadata=tags
    )


def test_a_stored_output_stays_where_the_cell_is_tagged_keep_output_and_nbval_will_compare_it():
    assert complaints_about(promise(1)) == ""
    assert "cell 2 keeps its output, but nbval compares only cells with a count" in complaints_about(promise(None))
    unmarked = new_code_cell("1", metadata={"tags": ["keep_output"]})
    assert "compares only cells that say # NBVAL_CHECK_OUTPUT" in complaints_about(unmarked)
    empty = new_code_cell("# NBVAL_CHECK_OUTPUT\nprint(2)", metadata={"tags": ["keep_output"]})
    assert "stores none, so nbval compares nothing" in complaints_about(empty)


def test_what_keeps_its_output_survives_the_pre_commit_hooks(tmp_path):
    (tmp_path / "book").mkdir()
    path = tmp_path / "book" / "page.ipynb"
    (tmp_path / "_config.yml").write_text(json.dumps(UNSET))
    ran = new_code_cell("1", outputs=[new_output("stream", text="1")], execution_count=7)
    nbformat.write(new_notebook(cells=[promise(3), ran], metadata=KERNEL), path)
    subprocess.run([sys.executable, "-m", "nbstripout", "--keep-id", path], check=True)
    assert check.main(["--fix"], tmp_path) == 0
    cells = nbformat.read(path, as_version=4).cells
    assert [(len(cell.outputs), cell.execution_count) for cell in cells[1:]] == [(1, 1), (0, None)]


def test_another_kernel_is_named():
    other = {"kernelspec": {"name": "julia", "display_name": "Julia"}}
    assert "the kernel is 'julia', expected 'python3'" in complaints_about(metadata=other)


def test_a_chapter_needs_five_to_eight_exercises_each_with_its_solution():
    five = [cell(number) for number in range(1, 6) for cell in (exercise, solution)]
    assert complaints_about(*five, name="01_chapter.ipynb") == ""
    assert "exercise 5 has no solution" in complaints_about(*five[:-1], name="01_chapter.ipynb")
    assert "4 exercises, expected 5 to 8" in complaints_about(*five[:-2], name="01_chapter.ipynb")
    assert complaints_about(*five[:-2], name="assignment.ipynb") == ""


def test_the_setup_cell_installs_from_the_address_where_there_is_one_and_says_what_to_do_where_there_is_none():
    assert '%pip install -q "fer_lib[course] @ git+https://github.com/someone/course@main"' in check.setup_cell(SET)
    assert "pip install its wheel" in check.setup_cell(UNSET)
    assert "git+" not in check.setup_cell(UNSET)


def test_fix_puts_the_setup_cell_first_and_replaces_an_old_one(tmp_path):
    (tmp_path / "book").mkdir()
    path = tmp_path / "book" / "page.ipynb"
    config = tmp_path / "_config.yml"
    config.write_text(json.dumps(UNSET))
    cells = [new_markdown_cell("# Page"), new_code_cell("1 + 1")]
    nbformat.write(new_notebook(cells=cells, metadata=KERNEL), path)
    assert check.main([], tmp_path) == 1
    assert check.main(["--fix"], tmp_path) == 0
    config.write_text(json.dumps(SET))
    assert check.main([], tmp_path) == 1
    assert check.main(["--fix"], tmp_path) == 0
    sources = [cell.source for cell in nbformat.read(path, as_version=4).cells]
    assert sources == ["# Page", check.setup_cell(SET), "1 + 1"]
