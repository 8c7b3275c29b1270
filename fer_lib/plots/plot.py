"""`Plot`: a figure that can also be read, as a table of its data and as a sentence."""

import base64
import html
import io
from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from fer_lib.errors import require

#: Okabe & Ito's colours, which stay apart for every kind of colour vision.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#4D4D4D")

_STYLE = {
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.prop_cycle": mpl.cycler(color=COLOURS),
    "axes.grid": True,
    "grid.color": "#e6e6e6",
    "axes.axisbelow": True,
}


@dataclass(frozen=True)
class Plot:
    """A figure, the data it shows, and a sentence that says what there is to see.

    As the last line of a notebook cell it shows the figure, with the sentence as its alternative text.

    Attributes
    ----------
    figure : matplotlib.figure.Figure
    table : dict of str to list
        The data drawn, by column.
    alt : str
        One sentence, computed from the data.
    """

    figure: Figure
    table: dict
    alt: str

    def __repr__(self):
        return self.alt

    def to_html(self):
        """Return the figure as an image of HTML, with the sentence as its alternative text."""
        return self._image(self._png())

    def _repr_mimebundle_(self, include=None, exclude=None):
        png = self._png()
        data = {"text/plain": self.alt, "image/png": png, "text/html": self._image(png)}
        return data, {"image/png": {"alt": self.alt, "width": self._width}}

    def _png(self):
        buffer = io.BytesIO()
        self.figure.savefig(buffer, format="png", dpi=160, bbox_inches="tight", facecolor="white")
        return base64.b64encode(buffer.getvalue()).decode()

    def _image(self, png):
        return f'<img alt="{html.escape(self.alt)}" width="{self._width}" src="data:image/png;base64,{png}">'

    @property
    def _width(self):
        return round(self.figure.get_figwidth() * 100)


def new_figure(width, height, rows=1, columns=1, **options):
    """Return a figure in the course's style, and its axes, without touching pyplot's global state.

    Parameters
    ----------
    width, height : float
        In inches; the book shows 100 pixels an inch.
    rows, columns : int
        Number of axes.
    **options
        For `matplotlib.figure.Figure.subplots`.

    Returns
    -------
    figure : matplotlib.figure.Figure
    axes : matplotlib.axes.Axes or array of them
    """
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        return figure, figure.subplots(rows, columns, **options)


def draw_bars(axis, names, series, errors=None):
    """Draw a group of bars for each name, with one bar for each series.

    Parameters
    ----------
    axis : matplotlib.axes.Axes
    names : sequence of str
    series : dict of str to list of float
        For each label of the legend its heights, in the order of the names.
    errors : dict of str to list of float, optional
        Half the length of the line on top of each bar.
    """
    width = 0.8 / len(series)
    for number, (label, heights) in enumerate(series.items()):
        place = np.arange(len(names)) + width * (number - (len(series) - 1) / 2)
        error = errors[label] if errors else None
        axis.bar(place, heights, width, yerr=error, capsize=3, label=label, color=COLOURS[number % len(COLOURS)])
    axis.set_xticks(range(len(names)), names)
    axis.grid(axis="x", visible=False)


def draw_table(axis, numbers, rows, columns, digits, **limits):
    """Draw a table of numbers as a heat map, by seaborn, with each number in its cell; NaN stays empty.

    Parameters
    ----------
    axis : matplotlib.axes.Axes
    numbers : numpy.ndarray of float, shape [R, C]
    rows, columns : sequence of str
        Names of the R rows and the C columns.
    digits : int
        Digits behind the point.
    **limits
        ``vmin`` and ``vmax``, the numbers of the lightest and the darkest colour; by default the ends of the table.

    Raises
    ------
    MissingExtra
        If seaborn is not installed.
    """
    seaborn = require("seaborn", "course")
    colours = seaborn.light_palette(COLOURS[5], as_cmap=True)  # so light that a black number can be read on each
    text = {"annot": True, "fmt": f".{digits}f", "annot_kws": {"color": "black"}}
    seaborn.heatmap(numbers, ax=axis, cmap=colours, cbar=False, **text, **limits)
    axis.set_xticks(axis.get_xticks(), columns)
    axis.set_yticks(axis.get_yticks(), rows, rotation=0)
    axis.grid(visible=False)


def join(names):
    """Join names as a sentence does.

    Examples
    --------
    >>> join(["angry", "happy", "sad"])
    'angry, happy and sad'
    """
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
