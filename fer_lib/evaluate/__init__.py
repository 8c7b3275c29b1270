"""Measures: pure functions of logits and labels. They know nothing of networks, files or data sets."""

from fer_lib.evaluate.accuracy import Score, accuracy, majority_baseline, predictions, wilson
from fer_lib.evaluate.calibration import Calibration, calibration, softmax
from fer_lib.evaluate.metrics import measure
from fer_lib.evaluate.paired import Comparison, compare
from fer_lib.evaluate.per_class import PerClass, confusion, per_class

__all__ = [
    "Calibration",
    "Comparison",
    "PerClass",
    "Score",
    "accuracy",
    "calibration",
    "compare",
    "confusion",
    "majority_baseline",
    "measure",
    "per_class",
    "predictions",
    "softmax",
    "wilson",
]
