"""Plain charts: lines, bars, and a table of numbers in colour."""

import numpy as np

from fer_lib.plots.plot import COLOURS, Plot, draw_bars, draw_table, join, new_figure


def lines(series, *, x, y, title="", log_x=False, log_y=False, markers=False):
    """Draw lines.

    Parameters
    ----------
    series : dict of str to (array_like, array_like)
        For each line its name, and the places and values of its points.
    x, y : str
        What the axes are.
    title : str
    log_x, log_y : bool
        Whether an axis is logarithmic.
    markers : bool
        Whether to mark the points.

    Returns
    -------
    Plot
        Table: ``line``, ``x``, ``y``, one row a point.

    Examples
    --------
    >>> lines({"loss": ([1, 2, 3], [2.0, 1.5, 1.2])}, x="epoch", y="loss").alt
    'Lines of loss against epoch: loss goes from 2 to 1.2.'
    """
    figure, axis = new_figure(7, 3.2)
    table = {"line": [], "x": [], "y": []}
    sentences = []
    for number, (name, (places, values)) in enumerate(series.items()):
        places, values = np.asarray(places, float), np.asarray(values, float)
        axis.plot(places, values, "o-" if markers else "-", label=name, color=COLOURS[number % len(COLOURS)])
        table["line"] += [name] * len(places)
        table["x"] += places.tolist()
        table["y"] += values.tolist()
        run = f"goes from {values[0]:.3g} to {values[-1]:.3g}" if len(values) else "has no point"
        sentences.append(f"{name} {run}")
    axis.set(
        xlabel=x, ylabel=y, title=title, **({"xscale": "log"} if log_x else {}), **({"yscale": "log"} if log_y else {})
    )
    if len(series) > 1:
        axis.legend(frameon=False)
    about = f", {title}" if title else ""
    return Plot(figure, table, f"Lines of {y} against {x}{about}: {'; '.join(sentences)}.")


def bars(values, *, y, title="", errors=None):
    """Draw bars.

    Parameters
    ----------
    values : dict of str to float, or dict of str to dict of str to float
        A bar each; or for each series its bars, drawn side by side.
    y : str
        What is drawn.
    title : str
    errors : dict, optional
        Like `values`: half the length of a line on top of each bar.

    Returns
    -------
    Plot
        Table: ``bar`` and a column for each series.

    Examples
    --------
    >>> bars({"shallow": 18.9, "deep": 4.5}, y="million parameters").alt
    'Bars of million parameters: shallow 18.9 and deep 4.5.'
    """
    nested = isinstance(next(iter(values.values())), dict)
    series = values if nested else {y: values}
    errors = errors if nested or errors is None else {y: errors}
    names = list(next(iter(series.values())))
    figure, axis = new_figure(7, 3.2)
    drawn = {name: [heights[bar] for bar in names] for name, heights in series.items()}
    draw_bars(axis, names, drawn, errors and {name: [errors[name][bar] for bar in names] for name in series})
    axis.set(ylabel=y, title=title)
    sentences = []
    for name, heights in series.items():
        each = join([f"{bar} {heights[bar]:.3g}" for bar in names])
        sentences.append(f"{name}: {each}" if nested else each)
    if nested:
        axis.legend(frameon=False)
    about = f", {title}" if title else ""
    return Plot(figure, {"bar": names, **drawn}, f"Bars of {y}{about}: {'; '.join(sentences)}.")


def heat_map(numbers, rows, columns, *, x, y, digits=2):
    """Draw a table of numbers, each in a colour by its size.

    Parameters
    ----------
    numbers : array_like of float, shape [R, C], or dict of str to array_like
        Drawn from the smallest, light, to the largest, dark; NaN stays empty. Or for each title its table: they
        are drawn side by side, each in colours of its own.
    rows, columns : sequence of str
        Names of the R rows and the C columns.
    x, y : str
        What the columns and the rows are.
    digits : int
        Digits behind the point.

    Returns
    -------
    Plot
        Table: ``row``, ``column`` and the values, in ``value`` or in a column for each title.

    Examples
    --------
    >>> heat_map([[1.0, 2.0]], ["a"], ["b", "c"], x="letter", y="other letter", digits=0).alt
    'Table of other letter by letter: from 1 (a, b) to 2 (a, c).'
    """
    tables = numbers if isinstance(numbers, dict) else {"": numbers}
    tables = {title: np.asarray(each, float) for title, each in tables.items()}
    width = 1.6 + 0.75 * len(columns) * len(tables)
    figure, axes = new_figure(width, 1.1 + 0.42 * len(rows), columns=len(tables), sharey=True, squeeze=False)
    sentences = []
    for axis, (title, each) in zip(axes[0], tables.items(), strict=True):
        draw_table(axis, each, rows, columns, digits)
        axis.set(xlabel=x, title=title)
        ends = []
        for place in (np.nanargmin(each), np.nanargmax(each)):
            row, column = np.unravel_index(place, each.shape)
            ends.append(f"{each[row, column]:.{digits}f} ({rows[row]}, {columns[column]})")
        sentences.append(f"{title} from {ends[0]} to {ends[1]}".lstrip())
    axes[0, 0].set_ylabel(y)
    table = {"row": np.repeat(rows, len(columns)).tolist(), "column": list(columns) * len(rows)}
    table |= {title or "value": each.ravel().tolist() for title, each in tables.items()}
    return Plot(figure, table, f"Table of {y} by {x}: {'; '.join(sentences)}.")
