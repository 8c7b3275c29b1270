"""The device to train on, how it is made fast, and how it is made to give the same result each time."""

import ctypes
import os
import sys
from contextlib import contextmanager

import torch

from fer_lib.errors import FerError

# What cuBLAS needs to give the same result each time. It looks once, at its first use in the process.
os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")


def choose_device(name="auto"):
    """Return the device to train on: the one named, or the fastest there is.

    If it is the CPU, `keep_freed_memory` is called, which changes how this process holds memory.

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
        If there is no such device here, or there are fewer GPUs than processes.

    Examples
    --------
    >>> choose_device("cpu")
    device(type='cpu')
    """
    own_gpu = torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0)))  # torchrun's number of this process
    if name == "auto" and torch.cuda.is_available():
        device = own_gpu
    elif name == "auto":
        device = torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    else:
        try:
            device = torch.empty(0, device=own_gpu if name == "cuda" else name).device
        except (RuntimeError, AssertionError) as error:
            raise FerError(f"device {name!r} is not one this machine has, expected auto, cpu, cuda or mps") from error
    if device.type == "cuda" and device.index >= torch.cuda.device_count() > 0:
        found = f"GPUs here: {torch.cuda.device_count()}, and torchrun started process {device.index} (from 0)"
        raise FerError(f"{found}: start one process a GPU")
    if device.type == "cpu":
        keep_freed_memory()
    return device


def keep_freed_memory():
    """Let this process keep the memory that it frees, for the next step of training to use. Only Linux needs it.

    The maps of a batch are large. By default, Linux's C library takes such memory from the system and gives it back
    at once, and the system clears every page of it anew, step after step. Measured on two cores (float32, batches of
    128, torch 2.14): 0.99 s a step of `greblo-deeper` before, 0.73 s after.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mmap_max, trim_threshold = -4, -1  # their numbers in malloc.h
        mallopt(mmap_max, 0)  # no block of memory, however large, is the system's own
        mallopt(trim_threshold, 2**31 - 1)  # what is free at the end of the heap stays, up to 2 GiB


@contextmanager
def reproducible(device):
    """Within the block, an NVIDIA GPU uses only algorithms that give the same result each time, as a CPU does anyway.

    For Apple's GPUs nothing is switched: there the same seed gives the same numbers only as far as Metal does.

    The random numbers of the CPU, and of `device` if it is an NVIDIA GPU, are afterwards as they would have been.

    Parameters
    ----------
    device : torch.device
    """
    on_gpu, settings = device.type == "cuda", torch.utils.deterministic
    before = torch.are_deterministic_algorithms_enabled()
    warn_only = torch.is_deterministic_algorithms_warn_only_enabled()
    fill = settings.fill_uninitialized_memory
    if on_gpu:
        torch.use_deterministic_algorithms(True)
        settings.fill_uninitialized_memory = False  # else every new tensor is filled before it is written, which costs
    try:
        with torch.random.fork_rng([device] if on_gpu else []):
            yield
    finally:
        settings.fill_uninitialized_memory = fill
        torch.use_deterministic_algorithms(before, warn_only=warn_only)
