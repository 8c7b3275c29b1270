"""How fast each network trains here: images a second, by number format, and what of a step is data."""

import time
from functools import partial

import torch

from fer_lib.batches import Batches
from fer_lib.data import load
from fer_lib.errors import FerError
from fer_lib.models import create_model
from fer_lib.train import Recipe, choose_device
from fer_lib.train.device import reproducible
from fer_lib.train.fresh import check_batch
from fer_lib.train.precision import MEMORY_FORMAT, formats, wait_for
from fer_lib.train.recipes import MOVE
from fer_lib.train.state import make_optimizer
from fer_lib.train.step import descend

#: The networks of the five papers.
NETWORKS = (
    "transfer",  # first: where torchvision is missing, it says so at once
    "fully-connected",
    "greblo-shallow",
    "alizadeh-shallow",
    "greblo-deep",
    "greblo-deeper",
    "alizadeh-six-conv",
    "alizadeh-hybrid-deep",
    "ieee-six-conv",
    "salimov-small",
    "resnet2025-vanilla",
    "resnet2025-residual",
)


def steps(networks=NETWORKS, batch_size=128, device="auto", compile=False, count=5):
    """Time training steps of each network in every number format that the device may like.

    Parameters
    ----------
    networks : sequence of str
        Names in `fer_lib.models.list_models`.
    batch_size : int
    device, compile
        As for `fer_lib.train.Trainer`.
    count : int
        Steps timed, after two that are not; the shortest counts.

    Returns
    -------
    list of dict
        One a network and format: ``network``, ``precision``, ``images_per_second``, and ``data``, the share of the
        step that goes into cutting the batch and augmenting it as our recipes do.

    Raises
    ------
    FerError
        If there is no such network or device, a number is below 1, or a batch is too small for batch norm.

    Examples
    --------
    >>> [row["network"] for row in steps(["fully-connected"], batch_size=8, device="cpu", count=1)]
    ['fully-connected', 'fully-connected']
    """
    if batch_size < 1 or count < 1:
        raise FerError(f"batch_size is {batch_size} and count {count}, expected at least 1 each")
    device = choose_device(device)
    faces = load("synthetic", n=2 * batch_size + 10).train  # of which 80 % are to train on: more than a batch
    batches = Batches(faces, batch_size, device)
    rows = []
    with reproducible(device):  # as in training: other algorithms take other times
        data = min(_timed(lambda: next(batches.training(0, 0, augment=MOVE)), device) for _ in range(count))
        images, targets = next(batches.training(0, 0, augment=MOVE))
        for name in networks:
            options = {"imagenet": False} if name == "transfer" else {}
            for precision in formats(device):
                network = create_model(name, **options).to(device, memory_format=MEMORY_FORMAT).train()
                check_batch(network, batch_size)
                recipe = Recipe("bench", name, optimizer="adamw", label_smoothing=0.1)
                scaler = torch.amp.GradScaler(device.type, enabled=precision == "float16")
                called = torch.compile(network) if compile else network
                step = partial(
                    descend, called, make_optimizer(network, recipe), scaler, images, targets, recipe, precision
                )
                _timed(step, device), _timed(step, device)
                seconds = min(_timed(step, device) for _ in range(count)) + data
                row = {"network": name, "precision": precision}
                rows.append({**row, "images_per_second": len(images) / seconds, "data": data / seconds})
    return rows


def table(rows):
    """Return the rows of `steps` as lines of text.

    Examples
    --------
    >>> print(table([{"network": "greblo-deep", "precision": "float32", "images_per_second": 120.4, "data": 0.011}]))
    network                 precision   images/s   data
    greblo-deep             float32        120.4   1.1%
    """
    lines = [f"{'network':<24}{'precision':<10}{'images/s':>10}{'data':>7}"]
    for row in rows:
        speed, share = row["images_per_second"], row["data"]
        lines.append(f"{row['network']:<24}{row['precision']:<10}{speed:>10.1f}{share:>7.1%}")
    return "\n".join(lines)


def _timed(function, device):
    started = time.perf_counter()
    function()
    wait_for(device)
    return time.perf_counter() - started
