"""`Interactive`: a part of a page that the reader works with, in the built book and without a kernel.

The cell says which part and gives it its data; ``book/_static/js/interactive/NAME.js`` brings it to life.
"""

import base64
import html
import json

import numpy as np


class Interactive:
    """A part of a page that the reader works with.

    In a notebook, where the book's scripts are not at hand, it shows its description.

    Parameters
    ----------
    name : str
        Name of the script in ``book/_static/js/interactive/``, without its ending.
    description : str
        What can be done and seen here, in one sentence.
    expected : float, optional
        What the notebook computes for the part's first setting. The script writes its own answer into
        ``root.dataset.value``, and a browser test holds the two equal.
    **data
        What the script gets. Arrays of uint8 and float32 keep their shape and type; everything else must fit in JSON.

    Examples
    --------
    >>> Interactive("convolution", "Edit a kernel and see what it makes of a face.", size=3)
    Edit a kernel and see what it makes of a face. (Works in the built book.)
    """

    def __init__(self, name, description, *, expected=None, **data):
        self.name, self.description, self.expected, self.data = name, description, expected, data

    def __repr__(self):
        return f"{self.description} (Works in the built book.)"

    def _repr_html_(self):
        plain = {name: _plain(value) for name, value in self.data.items()}
        data = json.dumps(plain, allow_nan=False)  # a browser reads no NaN
        data = data.replace("<", "\\u003c")  # which it would read as markup
        description = html.escape(self.description)
        about = f'data-name="{html.escape(self.name)}" role="group" aria-label="{description}"'
        if self.expected is not None:
            about += f' data-expected="{float(self.expected)}"'
        return (
            f'<div class="fer-interactive" {about}>'
            f'<p class="fer-interactive-fallback">{description} (Works in the built book.)</p>'
            f'<script type="application/json">{data}</script></div>'
        )


def _plain(value):
    """Return a value as JSON can hold it; arrays as base64, a quarter of the length of their numbers."""
    if isinstance(value, np.ndarray):
        if value.dtype not in (np.uint8, np.float32):
            raise TypeError(f"an array of {value.dtype}: expected uint8 or float32")
        content = base64.b64encode(np.ascontiguousarray(value).tobytes()).decode()
        return {"dtype": str(value.dtype), "shape": list(value.shape), "base64": content}
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    return value
