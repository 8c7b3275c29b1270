"""Precision: which number format trains fastest on this device, found by trying."""

import copy
import time

import torch
from torch.nn.functional import cross_entropy

#: How weights lie in memory, and so the maps too: the fast kernels want the channels of a pixel side by side.
MEMORY_FORMAT = torch.channels_last

#: A format must beat float32 by this factor to be worth its rounding.
WORTH_IT = 1.2

#: Steps of a trial: not timed, and timed.
WARMUP, STEPS = 2, 6


def formats(device):
    """Return the formats worth trying on a device, float32 first.

    bfloat16 on a GPU needs compute capability 8.0: older ones accept it and run it slower than float32
    (``torch.cuda.is_bf16_supported`` says yes even there). From 8.0 on, what PyTorch calls float32 is convolved in
    TF32, with 10 bits behind the point instead of 23 (``torch.backends.cudnn.allow_tf32``). On an Apple GPU only
    float32 is tried: the others need newer versions of PyTorch than the rest of the library.

    Parameters
    ----------
    device : torch.device

    Returns
    -------
    list of str

    Examples
    --------
    >>> formats(torch.device("cpu"))
    ['float32', 'bfloat16']
    """
    if device.type == "cuda":
        ampere = torch.cuda.get_device_capability(device) >= (8, 0)
        return ["float32", "bfloat16", "float16"] if ampere else ["float32", "float16"]
    return ["float32"] if device.type == "mps" else ["float32", "bfloat16"]


def forward(network, images, precision):
    """Compute in `precision` with weights that stay float32, and return the logits in float32: [N, C]."""
    if precision == "float32":
        return network(images)
    with torch.autocast(images.device.type, getattr(torch, precision)):
        return network(images).float()


def fastest(network, images, targets):
    """Time a few training steps in each format and return the name of the fastest.

    The network is copied for each trial, so its weights and statistics stay as they are. The shortest step counts:
    a pause of the machine makes steps longer, never shorter.

    Parameters
    ----------
    network : torch.nn.Module
        On the device to try.
    images, targets : torch.Tensor
        A batch as training sees it, on the same device.

    Returns
    -------
    str
        ``"float32"``, ``"bfloat16"`` or ``"float16"``.
    """
    device = images.device
    seconds = {}
    for precision in formats(device):
        trial = copy.deepcopy(network).train()
        times = []
        for _ in range(WARMUP + STEPS):
            started = time.perf_counter()
            cross_entropy(forward(trial, images, precision), targets).backward()
            wait_for(device)
            times.append(time.perf_counter() - started)
        seconds[precision] = min(times[WARMUP:])
    best = min(seconds, key=seconds.get)
    return best if seconds["float32"] > WORTH_IT * seconds[best] else "float32"


def wait_for(device):
    """Return once a device has done what it was told; only then does a clock tell how long it took."""
    if device.type == "cuda":  # a GPU takes an order and returns at once
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()
