"""The device to train on, and how it is made to give the same result each time."""

import os
from contextlib import contextmanager

import torch

from fer_lib.errors import FerError

# What cuBLAS needs to give the same result each time. It looks once, at its first use in the process.
os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")


def choose_device(name="auto"):
    """Return the device to train on: the one named, or the fastest there is.

    Parameters
    ----------
    name : str
        ``"auto"``, ``"cpu"``, ``"cuda"``, ``"mps"``, ...

    Returns
    -------
    torch.device

    Raises
    ------
    FerError
        If there is no such device here.

    Examples
    --------
    >>> choose_device("cpu")
    device(type='cpu')
    """
    if name != "auto":
        try:
            return torch.empty(0, device=name).device
        except (RuntimeError, AssertionError) as error:
            raise FerError(f"device {name!r} is not one this machine has, expected auto, cpu, cuda or mps") from error
    if torch.cuda.is_available():
        return torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0)))  # torchrun's number of this process
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


@contextmanager
def reproducible(device):
    """Within the block, a GPU uses only algorithms that give the same result each time, as a CPU does anyway.

    Random numbers drawn in the block leave those that the caller draws afterwards as they would have been.

    Parameters
    ----------
    device : torch.device
    """
    before = torch.are_deterministic_algorithms_enabled()
    warn_only = torch.is_deterministic_algorithms_warn_only_enabled()
    torch.use_deterministic_algorithms(before or device.type == "cuda")
    try:
        with torch.random.fork_rng([device] if device.type == "cuda" else []):
            yield
    finally:
        torch.use_deterministic_algorithms(before, warn_only=warn_only)
