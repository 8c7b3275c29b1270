"""Check the notebooks of the book for what no other tool looks at; `make lint` and the tests run it.

    python tools/check_notebooks.py          # say what is wrong, and fail if anything is
    python tools/check_notebooks.py --fix    # first give every notebook its set-up cell

Each rule below is a generator of complaints about one notebook. Lengths are only remarked on.
"""

import re
import sys
from pathlib import Path

import nbformat
import yaml

ROOT = Path(__file__).resolve().parents[1]

SETUP = """\
# Set-up: installs fer_lib where it is missing (as on Colab), then says which
# profile and data this page uses.
try:
    import fer_lib
except ImportError:
    {install}
from fer_lib import course

course.setup()"""

INSTALL = '%pip install -q "fer_lib[course] @ git+{url}@{branch}"'
NO_ADDRESS = 'raise SystemExit("fer_lib is missing: pip install its wheel") from None'


def setup_cell(config):
    """Return the text of the first code cell of every notebook; the web address comes from `_config.yml`."""
    repository = config["repository"]
    return SETUP.format(install=INSTALL.format(**repository) if repository["url"] else NO_ADDRESS)


def is_chapter(path):
    """A chapter's file name starts with its number."""
    return re.match(r"\d\d_", path.name) is not None


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def prose(notebook):
    """Return the text of the Markdown cells, without code blocks, code spans and formulas."""
    text = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    return re.sub(
        r"^```(?!\{).*?^```|`[^`{}\n]+`(?!\{)|\$\$.*?\$\$|\$[^$\n]+\$", "", text, flags=re.DOTALL | re.MULTILINE
    )


def starts_with_the_setup_cell(path, notebook, setup):
    if code(notebook) and code(notebook)[0].source != setup:
        yield "the first code cell is not the set-up cell: run tools/check_notebooks.py --fix"


def is_stored_without_outputs(path, notebook, setup):
    for number, cell in enumerate(notebook.cells, 1):
        if cell.get("outputs") and not keeps_output(cell):
            yield f"cell {number} has stored outputs: run nbstripout, or tag it keep_output"
        elif cell.get("outputs") and cell.execution_count is None:
            yield f"cell {number} keeps its output, but nbval compares only cells with a count: run with --fix"
        elif keeps_output(cell) and "# NBVAL_CHECK_OUTPUT" not in cell.source:
            yield f"cell {number} keeps its output, but nbval compares only cells that say # NBVAL_CHECK_OUTPUT"
        elif keeps_output(cell) and not cell.get("outputs"):
            yield f"cell {number} is tagged keep_output but stores none, so nbval compares nothing: run it, then --fix"
        elif not cell.get("outputs") and cell.get("execution_count") is not None:
            yield f"cell {number} has an execution count: run nbstripout"


def keeps_output(cell):
    """A cell whose text output is a promise, which nbval holds it to."""
    return "keep_output" in cell.metadata.get("tags", [])


def runs_in_python3(path, notebook, setup):
    name = notebook.metadata.get("kernelspec", {}).get("name")
    if name != "python3":
        yield f"the kernel is {name!r}, expected 'python3'"


def captions_every_figure(path, notebook, setup):
    for number, cell in enumerate(notebook.cells, 1):
        figure = cell.metadata.get("mystnb", {}).get("figure", {})
        shows_plot = cell.cell_type == "code" and re.match(r"plots\.\w+\(", last_statement(cell.source))
        if shows_plot and not (figure.get("name") and figure.get("caption")):
            yield f"cell {number} shows a figure without name and caption in its metadata (mystnb.figure)"


def captions_one_output_a_cell(path, notebook, setup):
    """Jupyter Book puts the caption below every output that a cell displays, and the label twice is an error."""
    for number, cell in enumerate(notebook.cells, 1):
        if cell.metadata.get("mystnb", {}).get("figure") and re.search(r"\bdisplay\(", cell.source):
            yield f"cell {number} displays something beside its captioned figure: give it a cell of its own"


def last_statement(source):
    """Return the source from the last line that is not indented and opens a statement."""
    lines = source.rstrip().splitlines()
    starts = [number for number, line in enumerate(lines) if re.match(r"\w", line)]
    return "\n".join(lines[starts[-1] :]) if starts else ""


def cites_every_exact_percentage(path, notebook, setup):
    for paragraph in re.split(r"\n\s*\n", prose(notebook)):
        found = re.search(r"\b\d+\.\d+\s?%", paragraph)  # round numbers are examples, or intervals of 95 %
        if found and "{cite" not in paragraph:
            yield f"{found[0]} is typed without a citation: cite it, or compute it from a run"


def shows_no_private_path(path, notebook, setup):
    for number, cell in enumerate(notebook.cells, 1):
        found = re.search(r"(?<![\w.])/(work|root|home|tmp|Users)/\w*", cell.source)
        if found:
            yield f"cell {number} names a path of one machine: {found[0]}"


def loads_no_image_from_elsewhere(path, notebook, setup):
    for number, cell in enumerate(notebook.cells, 1):
        found = re.search(r"(!\[[^]]*\]\(|<img[^>]+src=[\"']?|\{(?:image|figure)\} *)(https?:\S+)", cell.source)
        if found:
            yield f"cell {number} loads an image from another host: {found[2]}"


def has_five_to_eight_solved_exercises(path, notebook, setup):
    if not is_chapter(path):
        return
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    exercises = re.findall(r"^\*\*Exercise (\d+)\b", "\n".join(texts), flags=re.MULTILINE)
    solutions = [cell.source for cell in code(notebook) if "solution" in cell.metadata.get("tags", [])]
    solved = [number for source in solutions for number in re.findall(r"\A# @title Solution (\d+)\b", source)]
    if not 5 <= len(exercises) <= 8:
        yield f"{len(exercises)} exercises, expected 5 to 8"
    for number in exercises:
        if number not in solved:
            expected = f"a code cell tagged 'solution' that begins '# @title Solution {number}'"
            yield f"exercise {number} has no solution: expected {expected}"


RULES = (
    starts_with_the_setup_cell,
    is_stored_without_outputs,
    runs_in_python3,
    captions_every_figure,
    captions_one_output_a_cell,
    cites_every_exact_percentage,
    shows_no_private_path,
    loads_no_image_from_elsewhere,
    has_five_to_eight_solved_exercises,
)


def complaints(path, notebook, setup):
    """Return one line for each thing that is wrong with a notebook."""
    return [f"{path.name}: {complaint}" for rule in RULES for complaint in rule(path, notebook, setup)]


def remark_on_length(path, notebook):
    """Return a remark if a chapter is shorter or longer than a chapter should be, else None."""
    words = len(re.findall(r"\w+", prose(notebook)))
    return (
        f"{path.name}: {words} words, aim at 1200 to 3000" if is_chapter(path) and not 1200 <= words <= 3000 else None
    )


def fix(path, notebook, setup):
    """Write the set-up cell, and the counts that nbstripout takes from cells which keep their output."""
    before = nbformat.writes(notebook)
    first = code(notebook)[0] if code(notebook) else None
    if first is not None and first.source.startswith("# Set-up:"):
        first.source = setup
    elif first is not None:
        notebook.cells.insert(notebook.cells.index(first), nbformat.v4.new_code_cell(setup))
    for cell in code(notebook):
        if cell.outputs and keeps_output(cell):
            cell.execution_count = 1
    if nbformat.writes(notebook) != before:
        nbformat.write(notebook, path)


def main(arguments, root=ROOT):
    setup = setup_cell(yaml.safe_load((root / "_config.yml").read_text()))
    wrong = []
    for path in sorted((root / "book").rglob("*.ipynb")):
        if ".ipynb_checkpoints" in path.parts:  # Jupyter's own copies
            continue
        notebook = nbformat.read(path, as_version=4)
        if "--fix" in arguments:
            fix(path, notebook, setup)
        wrong += complaints(path, notebook, setup)
        if remark := remark_on_length(path, notebook):
            print(f"remark: {remark}")
    print("\n".join(wrong) or "notebooks: nothing to complain about")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
