"""Print the book, built as one page, into one PDF with Chromium or Chrome: `make pdf`."""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "_build/singlehtml/book/intro.html"
PDF = ROOT / "_build/from-pixels-to-expressions.pdf"
FOOT = '<div style="font-size:8px;width:100%;text-align:center"><span class="pageNumber"></span></div>'
#: A reader of paper cannot unfold: show every solution, and leave out what only a browser can do.
ON_PAPER = """() => {
    document.documentElement.dataset.theme = "light";
    for (const folded of document.querySelectorAll("details")) folded.open = true;
    for (const part of document.querySelectorAll(".fer-interactive")) {
        part.querySelector(".fer-interactive-fallback").hidden = false;
    }
}"""


def main():
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        sys.exit("no chromium, chromium-browser or google-chrome on the path: it is what prints the book")
    with sync_playwright() as playwright:
        page = playwright.chromium.launch(executable_path=chromium).new_page()
        page.goto(PAGE.as_uri(), wait_until="networkidle")
        page.evaluate("() => window.MathJax?.startup?.promise")
        page.evaluate(ON_PAPER)
        margin = {"top": "18mm", "bottom": "18mm", "left": "16mm", "right": "16mm"}
        page.pdf(
            path=PDF,
            format="A4",
            margin=margin,
            display_header_footer=True,
            header_template="<span></span>",
            footer_template=FOOT,
            print_background=True,
            outline=True,
            tagged=True,
        )
    print(f"The PDF is {PDF.relative_to(ROOT)}, {PDF.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
