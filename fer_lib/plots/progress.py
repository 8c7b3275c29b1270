"""Figures of runs: how one went, and where all of them stand."""

import numpy as np

from fer_lib.claims import claims
from fer_lib.errors import FerError
from fer_lib.labels import EMOTIONS
from fer_lib.plots.plot import COLOURS, Plot, new_figure


def learning_curves(history, title=""):
    """Draw loss and accuracy of train and validation, epoch by epoch.

    Parameters
    ----------
    history : list of dict
        As in `Run` and `Trainer`.
    title : str

    Returns
    -------
    Plot
        Table: the columns of `history`.

    Raises
    ------
    FerError
        If there is no epoch in it.

    Examples
    --------
    >>> from fer_lib.runs import load_run
    >>> learning_curves(load_run("greblo-fc").history).table["epoch"][-1]
    30
    """
    if not history:
        raise FerError("no epoch to draw: nothing was trained, or the loss broke in the first")
    table = {name: [entry[name] for entry in history] for name in history[0]}
    figure, (left, right) = new_figure(8, 3, columns=2)
    for axis, what, factor in ((left, "loss", 1), (right, "accuracy", 100)):
        for part, colour in zip(("train", "validation"), COLOURS, strict=False):
            values = [factor * value for value in table[f"{part}_{what}"]]
            axis.plot(table["epoch"], values, "o-" if len(values) < 12 else "-", color=colour, label=part)
        axis.set(xlabel="epoch", ylabel="loss" if what == "loss" else "accuracy, %")
        axis.legend(frameon=False)
    best = max(history, key=lambda entry: entry["validation_accuracy"])
    right.axvline(best["epoch"], linestyle=":", color="grey")
    figure.suptitle(title)
    last = history[-1]
    alt = (
        f"Learning curves{', ' + title if title else ''}, {len(history)} epochs: train accuracy ends at "
        f"{last['train_accuracy']:.1%}, validation accuracy is best at epoch {best['epoch']} "
        f"({best['validation_accuracy']:.1%})."
    )
    return Plot(figure, table, alt)


def ladder(runs, test_labels, train_counts):
    """Draw every network of the papers: what its paper claims, and what our run scored.

    Our run is the one by our recipe or, where there is none yet, by the paper's.

    Parameters
    ----------
    runs : iterable of Run
    test_labels : numpy.ndarray of int64
        The official labels of the test part.
    train_counts : dict of str to int
        How many training faces carry each label; always giving the most frequent one is the baseline.

    Returns
    -------
    Plot
        Table: ``run``, ``claimed`` and ``ours`` (percent; None where there is none), ``low``, ``high``, and ``faces``,
        which the paper scored, where they are not the official test part.

    Examples
    --------
    >>> from fer_lib.data.splits import audit_findings, official_labels
    >>> ladder([], official_labels("test"), audit_findings().counts["train"]).table["run"][0]
    'greblo-fc'
    """
    runs = {run.name: run for run in runs}
    rungs = sorted(claims(metric="test_accuracy", labels="fer2013"), key=lambda claim: claim.value)
    rows = []
    for claim in rungs:
        run = runs.get(claim.run) or runs.get(f"{claim.run}-paper")
        score = run.score() if run else None
        ours = (score.value, score.low, score.high) if score else (None,) * 3
        rows.append((claim.run, claim.value, *(None if x is None else 100 * x for x in ours)))
    figure, axis = new_figure(7.5, 0.9 + 0.32 * len(rows))
    lines = range(len(rows))
    for official, marker, label in ((True, "o", "the paper says"), (False, "D", "the paper says, on other faces")):
        places = [
            (row[1], line) for line, row, claim in zip(lines, rows, rungs, strict=True) if official == (not claim.split)
        ]
        axis.plot(*zip(*places, strict=True), marker, mfc="white", linestyle="", color=COLOURS[1], label=label)
    ours = [(line, *row[2:]) for line, row in zip(lines, rows, strict=True) if row[2] is not None]
    if ours:
        at, value, low, high = map(np.array, zip(*ours, strict=True))
        error, label = [value - low, high - value], "our run, 95 % interval"
        axis.errorbar(value, at, xerr=error, fmt="o", capsize=4, color=COLOURS[0], label=label)
    guess = 100 * (test_labels == EMOTIONS.index(max(train_counts, key=train_counts.get))).mean()
    axis.axvline(guess, linestyle=":", color="grey")
    axis.text(guess + 0.5, len(rows) - 0.6, "always the most frequent label", color="grey", fontsize=8, va="top")
    axis.set_yticks(lines, [row[0] for row in rows])
    axis.set(xlabel="test accuracy on FER2013, %", xlim=(20, 90))
    axis.legend(loc="lower right", frameon=False)
    table = dict(zip(("run", "claimed", "ours", "low", "high"), map(list, zip(*rows, strict=True)), strict=True))
    table["faces"] = [claim.split for claim in rungs]
    scored = [f"{name} {value:.1f} %" for name, _, value, *_ in rows if value is not None]
    alt = (
        f"The ladder of networks: papers claim from {rows[0][1]:g} % ({rows[0][0]}) to {rows[-1][1]:g} % "
        f"({rows[-1][0]}), {sum(bool(split) for split in table['faces'])} of {len(rows)} on other faces than the "
        f"official test part; our runs so far: {', '.join(scored) or 'none'}."
    )
    return Plot(figure, table, alt)
