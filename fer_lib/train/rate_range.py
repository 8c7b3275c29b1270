"""The learning-rate range test: which rates a network can be trained with. Smith 2017, section 3.3."""

import math
from itertools import chain, count, islice
from typing import NamedTuple

import torch

from fer_lib.batches import Batches
from fer_lib.errors import FerError
from fer_lib.train.device import choose_device, reproducible
from fer_lib.train.fresh import check_batch, fresh_network
from fer_lib.train.precision import MEMORY_FORMAT
from fer_lib.train.state import make_optimizer
from fer_lib.train.step import descend

#: The test stops when the smoothed loss is so many times the smallest.
DIVERGED = 3.0
SMOOTHING = 0.9


class RateRange(NamedTuple):
    """What the range test saw.

    Attributes
    ----------
    rates : list of float
        The learning rate of each step, rising.
    losses : list of float
        The loss of each step, smoothed over about ten.
    """

    rates: list
    losses: list

    @property
    def suggested(self):
        """A tenth of the rate at which the loss was smallest: large, and still well away from where it breaks."""
        return self.rates[self.losses.index(min(self.losses))] / 10


def rate_range(recipe, faces, *, low=1e-6, high=1.0, steps=100, device="auto"):
    """Train a fresh network with a learning rate that rises from step to step, and note the loss of each.

    Parameters
    ----------
    recipe : Recipe
        Its learning rate, schedule, warm-up, epochs, patience, stages, mixup and average are not used.
    faces : FaceSet
        Training faces; as many passes over them as the steps need.
    low, high : float
        First and last learning rate; in between it grows by the same factor each step.
    steps : int
        It stops before if the loss explodes.
    device : str
        As for `Trainer`.

    Returns
    -------
    RateRange

    Raises
    ------
    FerError
        If the loss is not a number from the first step on, or a batch is too small for batch norm.

    Examples
    --------
    >>> from fer_lib.data import load
    >>> from fer_lib.train import Recipe
    >>> seen = rate_range(Recipe("mine", "fully-connected"), load("synthetic", n=300).train, steps=30)
    >>> 1e-6 < seen.suggested < 1.0
    True
    """
    device = choose_device(device)
    precision = "float32" if recipe.precision == "auto" else recipe.precision
    network = fresh_network(recipe, faces).to(device, memory_format=MEMORY_FORMAT).train()
    optimizer = make_optimizer(network, recipe)
    scaler = torch.amp.GradScaler(device.type, enabled=precision == "float16")
    batches, rates, losses, smoothed = Batches(faces, recipe.batch_size, device), [], [], 0.0
    check_batch(network, batches.batch_size)
    with reproducible(device):
        torch.manual_seed(recipe.seed)
        passes = (batches.training(recipe.seed, epoch, augment=recipe.augment) for epoch in count())
        for step, (images, targets) in enumerate(islice(chain.from_iterable(passes), steps)):
            rate = low * (high / low) ** (step / max(steps - 1, 1))
            for group in optimizer.param_groups:
                group["lr"] = rate
            _, loss = descend(network, optimizer, scaler, images, targets, recipe, precision)
            smoothed = SMOOTHING * smoothed + (1 - SMOOTHING) * float(loss)
            unbiased = smoothed / (1 - SMOOTHING ** (step + 1))  # the average began at 0
            if not math.isfinite(unbiased) or (losses and unbiased > DIVERGED * min(losses)):
                break
            rates.append(rate)
            losses.append(unbiased)
    if not rates:
        raise FerError(f"the loss is not a number at the lowest rate, {low:g}: are the inputs standardised?")
    return RateRange(rates, losses)
