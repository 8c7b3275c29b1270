"""Every figure of the course. Each function returns a `Plot`: the figure, its data as a table, and a sentence."""

from fer_lib.plots.faces import face_grid, label_counts
from fer_lib.plots.measures import confusion_matrix, recall_bars, reliability, score_intervals
from fer_lib.plots.plot import Plot
from fer_lib.plots.progress import ladder, learning_curves

__all__ = [
    "Plot",
    "confusion_matrix",
    "face_grid",
    "label_counts",
    "ladder",
    "learning_curves",
    "recall_bars",
    "reliability",
    "score_intervals",
]
