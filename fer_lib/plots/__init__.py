"""Every figure of the course. Each function returns a `Plot`: the figure, its data as a table, and a sentence."""

from fer_lib.plots.architecture import architecture
from fer_lib.plots.charts import bars, heat_map, lines
from fer_lib.plots.faces import face_grid, label_counts
from fer_lib.plots.measures import confusion_matrix, recall_bars, reliability, score_intervals
from fer_lib.plots.plot import Plot
from fer_lib.plots.progress import ladder, learning_curves

__all__ = [
    "Plot",
    "architecture",
    "bars",
    "confusion_matrix",
    "face_grid",
    "heat_map",
    "label_counts",
    "ladder",
    "learning_curves",
    "lines",
    "recall_bars",
    "reliability",
    "score_intervals",
]
