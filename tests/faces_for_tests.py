"""Faces that a network learns in a second, and a network that has all that makes resuming hard."""

import numpy as np
from torch import nn

from fer_lib.data import FaceSet
from fer_lib.labels import EMOTIONS
from fer_lib.models import Standardize


def blobs(count, seed=0, split="train", names=EMOTIONS, **arrays):
    """Noise with a bright square: where it stands is the label."""
    dice = np.random.default_rng(seed)
    images = dice.integers(0, 180, (count, 48, 48), dtype=np.uint8)
    labels = dice.integers(0, len(names), count)
    for image, label in zip(images, labels, strict=True):
        top, left = 16 * (label // 3), 16 * (label % 3)
        image[top : top + 12, left : left + 12] += 75
    return FaceSet(images, labels, split, names=names, **arrays)


class Stopped(BaseException):
    """Stands for the end of the process."""


def stopped_after(trainer, count, steps):
    """Return a kind of `trainer` whose process ends once, after `count` steps; `steps` gets one entry a step taken."""

    class Interrupted(trainer):
        stopped = False

        def __init__(self, *arguments, **options):
            super().__init__(*arguments, checkpoint_every=0, **options)

        def _step(self, *arguments):
            if len(steps) == count and not Interrupted.stopped:
                Interrupted.stopped = True
                raise Stopped
            steps.append(1)
            super()._step(*arguments)

    return Interrupted


class TinyNetwork(nn.Sequential):
    """Batch norm has statistics, dropout draws random numbers: a run must carry the one and repeat the other."""

    def __init__(self, classes=7, dropout=0.3):
        super().__init__(
            Standardize(),
            nn.Conv2d(1, 4, kernel_size=5, stride=4),  # [N, 4, 11, 11]
            nn.BatchNorm2d(4),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Flatten(),
            nn.Linear(4 * 11 * 11, classes),
        )
