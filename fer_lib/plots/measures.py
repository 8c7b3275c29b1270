"""Figures of measures: confusion, recall by label, intervals, calibration."""

import numpy as np

from fer_lib.evaluate import calibration
from fer_lib.plots.plot import COLOURS, Plot, draw_bars, draw_table, new_figure


def confusion_matrix(counts, names, title="", rows="label", columns="predicted label"):
    """Draw a confusion matrix, each row as shares of its label.

    Parameters
    ----------
    counts : array_like of int, shape [C, C]
        Rows: labels; columns: predictions. As `fer_lib.evaluate.confusion` gives them.
    names : sequence of str
        The C emotion labels.
    title : str
        What was measured on which data.
    rows, columns : str
        What the rows and the columns are.

    Returns
    -------
    Plot
        Table: ``row``, ``column``, ``faces``, ``share``.

    Examples
    --------
    >>> confusion_matrix([[8, 2], [1, 9]], ["happy", "sad"]).table["share"]
    [0.8, 0.2, 0.1, 0.9]
    """
    counts = np.asarray(counts)
    shares = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    figure, axis = new_figure(6, 5)
    draw_table(axis, 100 * shares, names, names, digits=0, vmin=0, vmax=100)
    axis.set(xlabel=columns, ylabel=rows, title=title)
    cells = list(np.ndindex(counts.shape))
    table = {
        "row": [names[row] for row, _ in cells],
        "column": [names[column] for _, column in cells],
        "faces": counts.ravel().tolist(),
        "share": shares.ravel().tolist(),
    }
    best = int(np.diag(shares).argmax())
    off_diagonal = shares - np.diag(np.diag(shares))
    label, predicted = np.unravel_index(off_diagonal.argmax(), shares.shape)
    error = f"{names[label]} given as {names[predicted]} ({shares[label, predicted]:.0%})"
    alt = (
        f"Matrix of {rows} against {columns}{', ' + title if title else ''}: they agree best on {names[best]} "
        f"({shares[best, best]:.0%}); {'the largest error is ' + error if off_diagonal.any() else 'there is no error'}."
    )
    return Plot(figure, table, alt)


def recall_bars(recalls, title=""):
    """Draw the recall of each emotion label for one model or several.

    Parameters
    ----------
    recalls : dict of str to dict of str to float
        For each model its recall by label, from 0 to 1.
    title : str

    Returns
    -------
    Plot
        Table: ``label`` and a column for each model.

    Examples
    --------
    >>> recall_bars({"mine": {"happy": 0.9, "fear": 0.4}}).alt
    'Bar chart of recall by label: mine finds happy best (90%) and fear worst (40%).'
    """
    names = list(next(iter(recalls.values())))
    table = {"label": names, **{model: [recall[name] for name in names] for model, recall in recalls.items()}}
    figure, axis = new_figure(7, 3)
    draw_bars(axis, names, {model: 100 * np.array(table[model]) for model in recalls})
    axis.set(ylabel="recall, %", ylim=(0, 100), title=title)
    axis.legend(frameon=False)
    sentences = []
    for model, recall in recalls.items():
        best, worst = max(recall, key=recall.get), min(recall, key=recall.get)
        sentences.append(f"{model} finds {best} best ({recall[best]:.0%}) and {worst} worst ({recall[worst]:.0%})")
    return Plot(figure, table, f"Bar chart of recall by label: {'; '.join(sentences)}.")


def score_intervals(scores, title=""):
    """Draw accuracies with their 95 % intervals, one a line.

    Parameters
    ----------
    scores : dict of str to Score
    title : str

    Returns
    -------
    Plot
        Table: ``name``, ``value``, ``low``, ``high``, ``n``.

    Examples
    --------
    >>> from fer_lib.evaluate import wilson
    >>> score_intervals({"mine": wilson(60, 100)}).table["value"]
    [0.6]
    """
    figure, axis = new_figure(7, 0.8 + 0.35 * len(scores))
    lines = np.arange(len(scores))[::-1]
    values = np.array([score.value for score in scores.values()])
    low = values - [score.low for score in scores.values()]
    high = [score.high for score in scores.values()] - values
    axis.errorbar(100 * values, lines, xerr=100 * np.array([low, high]), fmt="o", capsize=4, color=COLOURS[0])
    axis.set_yticks(lines, scores)
    axis.set(xlabel="accuracy, % (95 % interval)", title=title, ylim=(-0.6, len(scores) - 0.4))
    table = {"name": list(scores)}
    for column in ("value", "low", "high", "n"):
        table[column] = [getattr(score, column) for score in scores.values()]
    alt = "; ".join(f"{name} {score}" for name, score in scores.items())
    return Plot(figure, table, f"Accuracies with their intervals: {alt}.")


def reliability(logits, labels, bins=10, title=""):
    """Draw how often a network is right against how sure it says it is. Source: Guo et al. 2017, figure 1.

    Parameters
    ----------
    logits : array_like of float, shape [N, C]
    labels : array_like of int, shape [N]
    bins : int
    title : str

    Returns
    -------
    Plot
        Table: ``confidence``, ``accuracy``, ``faces``, one row a bin that is not empty.

    Examples
    --------
    >>> reliability([[2.0, 0.0], [0.0, 2.0]], [0, 1]).table["accuracy"]
    [1.0]
    """
    found = calibration(logits, labels, bins)
    full = found.count > 0
    table = {
        "confidence": found.confidence[full].tolist(),
        "accuracy": found.accuracy[full].tolist(),
        "faces": found.count[full].tolist(),
    }
    figure, axis = new_figure(4.5, 4)
    axis.plot([0, 100], [0, 100], "--", color="grey", label="as sure as right")
    axis.plot(100 * found.confidence[full], 100 * found.accuracy[full], "o-", color=COLOURS[0], label="this network")
    axis.set(xlabel="confidence, %", ylabel="accuracy, %", xlim=(0, 100), ylim=(0, 100), title=title)
    axis.legend(frameon=False)
    gap = found.confidence[full] - found.accuracy[full]
    lean = float((gap * found.count[full]).sum() / found.count.sum())
    verdict = f"on average {abs(lean):.1%} {'too sure' if lean > 0 else 'not sure enough'}"
    error = f"its expected calibration error is {found.error:.1%}"
    return Plot(figure, table, f"Accuracy against confidence: the network is {verdict}; {error}.")
