"""What the README says of our results is what the runs say."""

from pathlib import Path

from readme import with_table

from fer_lib.runs import list_runs, load_run

ROOT = Path(__file__).resolve().parents[1]


def test_the_table_of_results_is_made_from_the_runs():
    text = (ROOT / "README.md").read_text()
    runs = [load_run(name) for name in list_runs()]
    assert with_table(text, runs) == text, "run tools/readme.py"
    assert with_table(text, runs[:1]) != text


def test_the_readme_names_both_commands_and_every_folder():
    text = (ROOT / "README.md").read_text()
    for command in ("make book", "make test"):
        assert command in text
    for folder in ("book", "fer_lib", "data", "tests", "tools"):
        assert f"`{folder}/`" in text
        assert (ROOT / folder).is_dir()
