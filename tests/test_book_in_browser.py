"""The built book in a browser, as a reader has it: offline, in both themes, on a wide screen and on a phone.

Needs the book (`make book`) and Chromium or Chrome; skips with a reason where either is missing. Every page is opened
once, and each test asks one question of what was seen there.
"""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import pytest
from browsing import find_chromium, served

pytestmark = pytest.mark.browser

BOOK = Path(__file__).resolve().parents[1] / "_build" / "html"

#: Pages that Sphinx makes by itself hold no text of ours.
PAGES = sorted(
    path.relative_to(BOOK).as_posix()
    for path in BOOK.rglob("*.html")
    if "_static" not in path.parts and "_modules" not in path.parts and path.parent != BOOK
)

PHONE = {"width": 375, "height": 800}
DESK = {"width": 1280, "height": 900}

#: What the console may say, and why.
KNOWN_ERRORS = {
    "reading 'Queue'": "html-manager asks for MathJax 2 on pages with both widgets and math; nothing is drawn wrong",
}

#: Problem to a script that runs in the page and returns one line for each place where it finds it.
LOOKS = {
    "raw math": r"""() => {
        const walker = document.createTreeWalker(document.querySelector("article"), NodeFilter.SHOW_TEXT);
        const found = [];
        while (walker.nextNode()) {
            const text = walker.currentNode;
            const asWritten = text.parentElement.closest("pre, code, script, style");
            if (!asWritten && /\\\(|\\\[/.test(text.data)) found.push(text.data);
        }
        return found;
    }""",
    "undrawn math": """() => [...document.querySelectorAll("article .math")]
        .filter(math => math.getClientRects().length)
        .filter(math => ![...math.querySelectorAll("mjx-container")].some(drawn => drawn.offsetWidth > 0))
        .map(math => math.textContent)""",
    "undrawn widgets": """() => [...document.querySelectorAll('script[type$="jupyter.widget-view+json"]')]
        .filter(view => !view.parentElement.querySelector(".jupyter-widgets"))
        .map(view => view.textContent)""",
    "images without alternative text": """() => [...document.images]
        .filter(image => !image.alt.trim())
        .map(image => image.src)""",
    "images that do not show": """() => [...document.images]
        .filter(image => image.complete && !image.naturalWidth)
        .map(image => image.src)""",
}
TOO_WIDE = """() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const scrolls = element => element && element !== document.body &&
        (/auto|scroll|hidden/.test(getComputedStyle(element).overflowX) || scrolls(element.parentElement));
    return [...document.querySelectorAll("article *")]
        .filter(element => element.getBoundingClientRect().right > width + 1 && !scrolls(element.parentElement))
        .map(element => `${element.tagName}.${element.className}`).concat(["the page"]);
}"""
PAGE_OF_FLIP_BOOK = """slider => [...slider.closest(".widget-vbox").querySelectorAll("img")]
    .filter(image => image.offsetParent).map(image => image.alt)"""
# WCAG 2.2, success criterion 1.4.3: the contrast of text with what is behind it, at least 4.5, of large text 3.
FAINT_TEXT = """() => {
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const rgba = colour => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
        return [r, g, b, a / 255];
    };
    const over = (top, bottom) => top.slice(0, 3).map((value, i) => value * top[3] + bottom[i] * (1 - top[3]));
    const behind = element => {
        if (!element) return [255, 255, 255];
        const colour = rgba(getComputedStyle(element).backgroundColor);
        return colour[3] === 1 ? colour.slice(0, 3) : over(colour, behind(element.parentElement));
    };
    const light = colour => {
        const [r, g, b] = colour.map(v => v / 255).map(v => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const faint = new Set();
    for (const element of document.querySelectorAll("article *")) {
        const text = [...element.childNodes].filter(node => node.nodeType === 3).map(node => node.data.trim()).join("");
        const notOurs = element.closest("mjx-container, .headerlink, .jupyter-widgets");
        if (!text || notOurs || !element.getClientRects().length) continue;
        const style = getComputedStyle(element);
        const back = behind(element);
        const [dark, bright] = [light(over(rgba(style.color), back)), light(back)].sort((a, b) => a - b);
        const large = parseFloat(style.fontSize) >= 24;
        const contrast = (bright + 0.05) / (dark + 0.05);
        if (contrast < (large ? 3 : 4.5))
            faint.add(`${contrast.toFixed(1)} ${element.tagName}.${element.className}: ${text.slice(0, 30)}`);
    }
    return [...faint];
}"""

# All that an interactive part shows: text, drawings, and every pixel of its pictures. The controls do not count, as a
# browser moves them even where nothing listens; but lists of choices do, as one control may change what another offers.
SHOWN = """part => [
    ...[...part.querySelectorAll(".fer-stage, .fer-status")].map(shown => {
        const copy = shown.cloneNode(true);
        copy.querySelectorAll(".fer-control, .fer-numbers").forEach(control => control.remove());
        return copy.innerHTML;
    }),
    ...[...part.querySelectorAll("option")].map(option => option.textContent),
    ...[...part.querySelectorAll("canvas")].map(canvas => canvas.toDataURL()),
].join()"""
#: For each kind of control the keys that change it; the second where the first finds it at its end.
KEYS = {
    "range": ("ArrowRight", "ArrowLeft"),
    "number": ("ArrowUp", "ArrowDown"),
    "select-one": ("ArrowDown", "ArrowUp"),
    "checkbox": ("Space",),
    "radio": ("Space",),
    "button": ("Enter",),
}
#: A page without the scripts and fonts in vendor/, which a browser fetches once for all pages.
LARGEST_PAGE = 2_000_000


@dataclass
class Seen:
    """What was seen when one page was opened."""

    elsewhere: list = field(default_factory=list)
    missing: list = field(default_factory=list)
    errors: list = field(default_factory=list)
    found: dict = field(default_factory=dict)
    parts: dict = field(default_factory=dict)
    flip_books: list = field(default_factory=list)
    bytes: int = 0


@pytest.fixture(scope="module")
def address():
    """The book's address on a server of its own, on this machine only."""
    if not PAGES:
        pytest.skip("the book is not built: make book")
    with served(BOOK) as address:
        yield address


@pytest.fixture(scope="module")
def seen(address):
    """Page name to what was `Seen` there."""
    chromium = find_chromium()
    if chromium is None:
        pytest.skip("no chromium, chromium-browser or google-chrome on the path")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium)
        context = browser.new_context(viewport=DESK)
        context.set_default_timeout(120_000)  # a busy machine is slow, not wrong
        yield {name: open_page(context, address, name) for name in PAGES}
        browser.close()


def open_page(context, address, name):
    seen = Seen()

    def local_only(route):
        if route.request.url.startswith((address, "data:", "blob:")):
            route.continue_()
        else:
            seen.elsewhere.append(route.request.url)
            route.abort()

    page = context.new_page()
    page.route("**/*", local_only)
    page.on("response", lambda response: note(seen, response))
    page.on("console", lambda message: seen.errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    page.goto(address + name, wait_until="networkidle")
    page.evaluate("() => window.MathJax?.startup?.promise")

    seen.found = {problem: page.evaluate(look) for problem, look in LOOKS.items()}
    for theme in ("light", "dark"):
        page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
        seen.found[f"faint text, {theme}"] = page.evaluate(FAINT_TEXT)
    seen.parts = {
        part.get_attribute("data-name"): work(page, part) for part in page.query_selector_all(".fer-interactive")
    }
    seen.flip_books = [turn(page, slider) for slider in page.query_selector_all(".widget-vbox [role=slider]")]
    page.set_viewport_size(PHONE)
    seen.found["too wide for a phone"] = page.evaluate(TOO_WIDE)
    page.close()
    return seen


def note(seen, response):
    """Note what came for a page: how much, and what did not."""
    if response.status >= 400:
        seen.missing.append(response.url)
    elif "/_static/vendor/" not in response.url:
        seen.bytes += int(response.headers.get("content-length", 0))


def work(page, part):
    """Read an interactive part, then work it by keyboard; return what is wrong with it."""
    if part.get_attribute("data-ready") != "yes":
        return ["it did not start"]
    if not part.query_selector(".fer-status").inner_text().strip():
        return ["it does not say what it shows"]
    value, expected = part.get_attribute("data-value"), part.get_attribute("data-expected")
    if expected is None:
        return ["its notebook does not say what to expect of it"]
    if float(value or "nan") != pytest.approx(float(expected), rel=1e-3, abs=1e-3):
        return [f"it says {value} at first, and its notebook {expected}"]
    wrong = []
    for control in part.query_selector_all("input:enabled, select, button"):
        before = part.evaluate(SHOWN)
        control.focus()
        for key in KEYS[control.evaluate("control => control.type")]:
            page.keyboard.press(key)
            if part.evaluate(SHOWN) != before:
                break
        else:
            wrong.append(
                control.evaluate(
                    "control => control.labels?.[0]?.textContent ?? control.ariaLabel ?? control.textContent"
                )
            )
    return [f"{label}: a key press changes nothing" for label in wrong]


def turn(page, slider):
    """Press a key on the slider of a flip book; return what picture shows before it and after it."""

    def shown():
        return slider.evaluate(PAGE_OF_FLIP_BOOK)

    before = shown()
    slider.focus()
    page.keyboard.press("ArrowRight")
    return before, shown()


def expect_nothing(seen, look):
    """Fail with one line for each thing that `look` finds on a page: the page, then the thing."""
    found = [f"{name}: {thing}" for name, page in seen.items() for thing in look(page)]
    if found:
        pytest.fail("\n".join(found), pytrace=False)


def test_no_page_asks_another_host_for_anything(seen):
    expect_nothing(seen, lambda page: page.elsewhere)


def test_every_file_that_a_page_asks_for_is_there(seen):
    expect_nothing(seen, lambda page: page.missing)


def test_the_console_says_nothing_that_is_not_known(seen):
    expect_nothing(seen, lambda page: [error for error in page.errors if not any(map(error.count, KNOWN_ERRORS))])


@pytest.mark.parametrize("problem", [*LOOKS, "faint text, light", "faint text, dark", "too wide for a phone"])
def test_no_page_has(problem, seen):
    expect_nothing(seen, lambda page: page.found[problem])


def test_every_interactive_part_agrees_with_its_notebook_and_works_by_keyboard(seen):
    expect_nothing(seen, lambda page: [f"{name}: {wrong}" for name, found in page.parts.items() for wrong in found])


def test_a_flip_book_turns_its_pages_by_keyboard(seen):
    turned = [pair for page in seen.values() for pair in page.flip_books]
    assert turned
    assert all(len(before) == len(after) == 1 and before != after for before, after in turned)


def test_every_script_of_an_interactive_part_is_on_some_page(seen):
    scripts = {path.stem for path in (BOOK / "_static/js/interactive").glob("*.js")}
    assert scripts == {name for page in seen.values() for name in page.parts}


def test_no_page_is_heavy(seen):
    expect_nothing(seen, lambda page: [f"{page.bytes:,} bytes"] if page.bytes > LARGEST_PAGE else [])


class Links(HTMLParser):
    """The links of a page, and the places in it that a link can lead to."""

    def __init__(self, path):
        super().__init__()
        self.links, self.places = [], {""}
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.places |= {attributes.get("id"), attributes.get("name") if tag == "a" else None}
        if tag == "a" and attributes.get("href"):
            self.links.append(attributes["href"])


def test_every_link_within_the_book_leads_somewhere(address):
    pages = {path.relative_to(BOOK).as_posix(): Links(path) for path in BOOK.rglob("*.html")}
    broken = []
    for name in PAGES:
        for link in pages[name].links:
            if urlsplit(link).scheme or link.startswith("//"):
                continue
            target, place = urldefrag(urljoin(name, link))
            target = unquote(target) or "index.html"
            missing_file = not (BOOK / target).is_file()
            missing_place = target in pages and unquote(place) not in pages[target].places
            if missing_file or missing_place:
                broken.append(f"{name}: {link}")
    if broken:
        pytest.fail("\n".join(broken), pytrace=False)
