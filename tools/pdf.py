"""Print the book, built as one page, into one PDF with Chromium or Chrome: `make pdf`."""

import shutil
import sys
from pathlib import Path

from browsing import find_chromium, served
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
BUILT = ROOT / "_build/singlehtml"
PDF = ROOT / "_build/from-pixels-to-expressions.pdf"
FOOT = '<div style="font-size:8px;width:100%;text-align:center"><span class="pageNumber"></span></div>'
#: A reader of paper cannot unfold: show every solution, and leave out what only a browser can do.
ON_PAPER = """() => {
    document.documentElement.dataset.theme = "light";
    for (const folded of document.querySelectorAll("details")) folded.open = true;
    for (const part of document.querySelectorAll(".fer-interactive")) {
        part.replaceChildren(part.querySelector(".fer-interactive-fallback"));
        part.firstChild.hidden = false;
    }
}"""


def main():
    chromium = find_chromium()
    if chromium is None:
        sys.exit("no chromium, chromium-browser or google-chrome on the path: it is what prints the book")
    # Sphinx writes every address as if the page stood at the root, wherever the first page of the book stands.
    shutil.copy(BUILT / "book/intro.html", BUILT / "whole.html")
    with served(BUILT) as address, sync_playwright() as browsers:
        page = browsers.chromium.launch(executable_path=chromium).new_page()
        page.set_default_timeout(300_000)  # it is the whole book
        missing = []
        page.on("response", lambda response: missing.append(response.url) if response.status >= 400 else None)
        page.goto(f"{address}whole.html", wait_until="load")
        page.wait_for_function("() => window.MathJax?.startup?.promise")
        page.evaluate("() => window.MathJax.startup.promise")  # every formula is drawn
        page.wait_for_load_state("networkidle")
        if missing:
            sys.exit(f"the page asks for what is not there: {', '.join(missing)}")
        page.evaluate(ON_PAPER)
        margin = {"top": "18mm", "bottom": "18mm", "left": "16mm", "right": "16mm"}
        page.pdf(
            path=PDF,
            format="A4",
            margin=margin,
            scale=0.75,  # about 10 points, as in a printed book
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
