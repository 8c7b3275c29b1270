"""Finished runs: load, compare, and set beside what the papers claim."""

from fer_lib.runs.official import official_metrics
from fer_lib.runs.run import Run, list_runs, load_run
from fer_lib.runs.study import Study, load_study
from fer_lib.runs.tables import Reproduction, recipes_table, reproductions, reproductions_table, runs_table

__all__ = [
    "Reproduction",
    "Run",
    "Study",
    "list_runs",
    "load_run",
    "load_study",
    "official_metrics",
    "recipes_table",
    "reproductions",
    "reproductions_table",
    "runs_table",
]
