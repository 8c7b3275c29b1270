"""Refresh book/_static/vendor: the script and font files of others that the built pages load.

The book asks no other host for anything, so these files stand in the repository. They are taken unchanged from their
npm packages, each at one exact version; README.md in the folder says what is there and under which licence.
Needs npm on the path.

    python tools/vendor.py
"""

import shutil
import subprocess
import tarfile
from importlib.metadata import files
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

VENDOR = Path(__file__).resolve().parents[1] / "book" / "_static" / "vendor"

#: (npm package, what for, licence, {files in the package: folder under vendor/ that they go to})
PACKAGES = [
    (
        "mathjax@3.2.2",
        "equations; the extensions are what MathJax loads by itself when a formula asks for it",
        "Apache-2.0, (c) The MathJax Consortium; text in mathjax/LICENSE",
        {
            "LICENSE": "mathjax",
            "es5/tex-mml-chtml.js": "mathjax",
            "es5/input/tex/extensions/*.js": "mathjax/input/tex/extensions",
            "es5/output/chtml/fonts/woff-v2/*.woff": "mathjax/output/chtml/fonts/woff-v2",
        },
    ),
    (
        "requirejs@2.3.8",
        "the module loader that the widgets are written for",
        "MIT, (c) jQuery Foundation and other contributors",
        {"require.js": "widgets"},
    ),
    (
        "@jupyter-widgets/html-manager@1.0.15",
        "widgets in a page without a kernel",
        "BSD-3-Clause, (c) Project Jupyter Contributors; *.woff2: Font Awesome Free 5, SIL OFL 1.1, (c) Fonticons",
        {"dist/embed-amd.js": "widgets", "dist/*.woff2": "widgets", "dist/*.LICENSE.txt": "widgets"},
    ),
]

README = """# vendor/

Files of others, unchanged, so that the book asks no other host for anything. Written by `tools/vendor.py`.

| npm package | in | what for | licence |
| --- | --- | --- | --- |
"""


MIT = """MIT License

Copyright jQuery Foundation and other contributors, https://jquery.org/

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""


def write_licences():
    """Write the licences that two of the packages name but do not hold."""
    (VENDOR / "widgets" / "LICENSE-requirejs").write_text(MIT)
    jupyter = next(file for file in files("ipywidgets") if file.name == "LICENSE")  # the same project's, the same text
    shutil.copyfile(jupyter.locate(), VENDOR / "widgets" / "LICENSE-html-manager")


def unpack(package, folder):
    """Download an npm package into a new folder in `folder` and return the folder that holds its files."""
    folder = Path(mkdtemp(dir=folder))
    subprocess.run(["npm", "pack", "--silent", package], cwd=folder, check=True, capture_output=True)
    with tarfile.open(next(folder.glob("*.tgz"))) as archive:
        archive.extractall(folder, filter="data")
    return folder / "package"


def main():
    lines = []
    with TemporaryDirectory() as temporary:
        sources = [unpack(package, temporary) for package, *_ in PACKAGES]
        shutil.rmtree(VENDOR, ignore_errors=True)  # only now, as a download can fail
        for (package, purpose, licence, patterns), source in zip(PACKAGES, sources, strict=True):
            for pattern, target in patterns.items():
                (VENDOR / target).mkdir(parents=True, exist_ok=True)
                for file in source.glob(pattern):
                    shutil.copyfile(file, VENDOR / target / file.name)
            folder = next(iter(patterns.values()))
            lines.append(f"| {package} | `{folder}/` | {purpose} | {licence} |\n")
    write_licences()
    (VENDOR / "README.md").write_text(README + "".join(lines))
    size = sum(file.stat().st_size for file in VENDOR.rglob("*") if file.is_file())
    print(f"{VENDOR}: {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
