"""How long each form of FER2013 takes to open here, first and from its cache: measured in fresh processes."""

import json
import math
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from fer_lib.data.convert import WRITERS, convert

# Runs in a process of its own, so that its memory is that of the data alone.
_LOAD = """
import json, sys, time, warnings
warnings.simplefilter("ignore")
start = time.perf_counter()
from fer_lib.data import load
splits = load(sys.argv[1])
seconds = time.perf_counter() - start
from fer_lib.bench.forms import peak_memory
print(json.dumps([seconds, peak_memory() / 2**20, splits.digest(), splits.official]))
"""


def forms(source="auto"):
    """Measure how each form of FER2013 opens, first and from its cache.

    Writes `source` in every form into a temporary folder (about 0.9 GB for FER2013), and removes it in the end. The
    form of 2019 is measured twice: alone, with its split lost, and with an npz in ``$FER_DATA``, with its split
    recovered.

    Parameters
    ----------
    source : str or pathlib.Path
        As in `load`.

    Returns
    -------
    list of dict
        One a form: ``form``, ``first`` and ``cached`` (seconds, imports included), ``memory`` (MiB, peak of the whole
        process at the first read), ``digest`` and ``official``.
    """
    with TemporaryDirectory() as folder:
        paths = {form: Path(folder, form) for form in WRITERS}
        for form, path in paths.items():
            convert(source, form, path)
        rows = [measure(form, path) for form, path in paths.items()]
        return [*rows, measure("kaggle2019 recovered", paths["kaggle2019"], beside=paths["npz"])]


def measure(form, path, beside=""):
    """Measure how one form opens, first and from its cache: one row of `forms`.

    Parameters
    ----------
    form : str
        What to call it.
    path : pathlib.Path
        The data.
    beside : str or pathlib.Path
        What `$FER_DATA` is set to.

    Returns
    -------
    dict
        See `forms`.
    """
    with TemporaryDirectory() as cache:
        first, memory, digest, official = _run_load(path, beside, cache)
        cached, *_ = _run_load(path, beside, cache)
    return {
        "form": form,
        "first": first,
        "cached": cached,
        "memory": memory,
        "digest": digest,
        "official": official,
    }


def _run_load(path, beside, cache):
    places = {"FER_DATA": str(beside), "FER_CACHE": cache, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    command = [sys.executable, "-c", _LOAD, str(Path(path).resolve())]
    # Run in an empty folder, where no ./data/fer2013 can be found.
    done = subprocess.run(command, env={**os.environ, **places}, cwd=cache, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def peak_memory():
    """Return the most memory that this process has had resident, in bytes; on Windows, not a number.

    Linux tells it for the process itself; `resource` would also count what its parent held when it was started.

    Examples
    --------
    >>> peak_memory() > 2**20
    True
    """
    status = Path("/proc/self/status")
    if status.exists():
        return 1024 * int(status.read_text().partition("VmHWM:")[2].split()[0])
    try:
        import resource
    except ImportError:  # Windows
        return math.nan
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def table(rows):
    """Return the rows of `forms` as lines of text.

    Examples
    --------
    >>> row = {"form": "npz", "first": 1.25, "cached": 0.2, "memory": 300.4, "digest": "00ff", "official": True}
    >>> print(table([row]))
    form                    first s  cached s  peak MB  digest            official
    npz                        1.25      0.20      300  00ff              yes
    """
    lines = [f"{'form':<22}{'first s':>9}{'cached s':>10}{'peak MB':>9}  {'digest':<18}official"]
    for row in rows:
        numbers = f"{row['first']:>9.2f}{row['cached']:>10.2f}{row['memory']:>9.0f}"
        lines.append(f"{row['form']:<22}{numbers}  {row['digest']:<18}{'yes' if row['official'] else 'no'}")
    return "\n".join(lines)
