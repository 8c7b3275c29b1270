"""The errors `fer_lib` raises on purpose, each one line that a student understands."""

from importlib import import_module
from textwrap import shorten


class FerError(Exception):
    """Base of every error raised on purpose: the command line prints its message and stops."""


class DataError(FerError, ValueError):
    """Data that is missing, unreadable or not what it says it is. Names file, row and what was expected."""


class CheckpointError(FerError):
    """A checkpoint that cannot be resumed: of another run, damaged, or holding code."""


class Diverged(FerError):
    """A loss that is not a number any more: nothing is damaged, but the recipe does not train."""


class MissingExtra(FerError, ImportError):
    """An optional dependency that is not installed, or broken. Names the command that installs it."""


def brief(error):
    """Return what an error of another library says, in a line of at most 120 characters; else its class.

    Parameters
    ----------
    error : Exception

    Returns
    -------
    str

    Examples
    --------
    >>> brief(ValueError("first line\\nsecond")), brief(EOFError())
    ('first line second', 'EOFError')
    """
    return shorten(str(error), 120) or type(error).__name__


def require(module, extra):
    """Import an optional dependency, or say which extra brings it.

    Parameters
    ----------
    module : str
        Name of the module to import, e.g. ``"pyarrow.parquet"``.
    extra : str
        The extra of `fer_lib` that installs it, e.g. ``"data"``.

    Returns
    -------
    module
        The imported module.

    Raises
    ------
    MissingExtra
        If the module is not installed or cannot be imported.

    Examples
    --------
    >>> require("json", "data").dumps([1])
    '[1]'
    """
    try:
        return import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        if isinstance(error, ModuleNotFoundError) and (error.name or "").partition(".")[0] == package:
            fault = "is not installed"
        else:
            fault = f"is installed but cannot be imported ({error})"
        raise MissingExtra(f"this needs {package}, which {fault}: pip install 'fer_lib[{extra}]'") from error
