"""The command line, ``fer-lib COMMAND``. Each command calls one function."""

import argparse
import logging
import sys
import warnings

from fer_lib.cli.data import add_data
from fer_lib.cli.speed import add_bench
from fer_lib.cli.training import add_evaluate, add_reproduce, add_sweep, add_train
from fer_lib.errors import FerError


def main(arguments=None):
    """Run one command and return its exit code: 0, 2 with one line on what was wrong, or 130 if it was stopped.

    Parameters
    ----------
    arguments : list of str, optional
        Words after ``fer-lib``; by default those of the command line.

    Returns
    -------
    int

    Examples
    --------
    >>> main(["train", "no-such-recipe", "--data", "synthetic"])
    2
    """
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    warnings.formatwarning = lambda message, *_, **__: f"fer-lib: {message}\n"  # one line, not the place in the code
    try:
        options.command(options)
    except (FerError, OSError) as error:  # a full disk or a folder that may not be written to is no bug either
        print(f"fer-lib: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("fer-lib: stopped", file=sys.stderr)
        return 130  # what shells give for Ctrl-C
    return 0


def _parser():
    parser = argparse.ArgumentParser(
        prog="fer-lib", description="Facial expression recognition, from the command line."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for add in (add_data, add_train, add_evaluate, add_reproduce, add_sweep, add_bench):
        add(commands)
    return parser
