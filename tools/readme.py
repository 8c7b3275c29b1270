"""Write into README what comes from runs: the table of results and the picture of the ladder."""

import re
import sys
from pathlib import Path

import matplotlib as mpl

from fer_lib.data.splits import audit_findings, official_labels
from fer_lib.plots import ladder
from fer_lib.runs import list_runs, load_run, runs_table

ROOT = Path(__file__).resolve().parents[1]
TABLE = re.compile(r"(<!-- runs: begin -->\n).*?(<!-- runs: end -->)", re.DOTALL)


def with_table(text, runs):
    """Return the README's text with the table of these runs in its place."""
    return TABLE.sub(lambda found: f"{found[1]}{runs_table(runs)}\n{found[2]}", text)


def main():
    runs = [load_run(name) for name in list_runs()]
    readme = ROOT / "README.md"
    readme.write_text(with_table(readme.read_text(), runs))
    plot = ladder(runs, official_labels("test"), audit_findings().counts["train"])
    mpl.rcParams["svg.hashsalt"] = "fer_lib"  # the same picture gives the same file
    plot.figure.savefig(ROOT / "book/_static/ladder.svg", metadata={"Date": None}, facecolor="white")


if __name__ == "__main__":
    sys.exit(main())
