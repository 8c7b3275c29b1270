"""Show that the ladder stands on synthetic faces: fully connected clearly below a small CNN clearly below a deeper one.

    python tools/synthetic_ladder.py [--faces 5000] [--seeds 3]

Prints a row a network: mean and standard deviation of its test accuracy over seeds, and seconds a training.
"""

import argparse
import time

import numpy as np
from torch import nn

from fer_lib.batches import Batches
from fer_lib.data import load
from fer_lib.evaluate import accuracy
from fer_lib.models import NearestNeighbour, Standardize, register
from fer_lib.train import Recipe, Trainer, predict


def block(filters_in, filters_out, norm):
    layers = [nn.Conv2d(filters_in, filters_out, 3, padding=1), *([nn.BatchNorm2d(filters_out)] if norm else [])]
    return [*layers, nn.ReLU(), nn.MaxPool2d(2)]


@register("ladder-small")
def small(classes=7):
    """Two convolutional layers, one fully connected."""
    features = [*block(1, 16, norm=False), *block(16, 32, norm=False)]
    return nn.Sequential(Standardize(), *features, nn.Flatten(), nn.Linear(32 * 12 * 12, classes))


@register("ladder-deeper")
def deeper(classes=7):
    """Four convolutional layers with batch norm, dropout before the last layer."""
    sizes = ((1, 16), (16, 32), (32, 64), (64, 128))
    features = [layer for size in sizes for layer in block(*size, norm=True)]
    return nn.Sequential(Standardize(), *features, nn.Flatten(), nn.Dropout(0.5), nn.Linear(128 * 3 * 3, classes))


RECIPES = (
    Recipe(
        "linear",
        "fully-connected",
        epochs=25,
        optimizer="adamw",
        learning_rate=4e-4,
        weight_decay=3.0,
        schedule="cosine",
    ),
    Recipe("small CNN, 2 layers", "ladder-small", epochs=6, batch_size=64, learning_rate=1e-3, schedule="one-cycle"),
    Recipe("deeper CNN, 4 layers", "ladder-deeper", epochs=10, batch_size=64, learning_rate=3e-3, schedule="one-cycle"),
)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faces", type=int, default=5000)
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    sets = [load("synthetic", n=options.faces, seed=seed) for seed in range(options.seeds)]

    def row(name, scores, seconds):
        values = 100 * np.array([score.value for score in scores])
        print(f"{name:<24} {values.mean():5.1f} % ± {values.std(ddof=1):.1f} over {len(values)} seeds, {seconds:.0f} s")

    scores = []
    for train, _, test in sets:
        batches = Batches(train, 256)
        network = NearestNeighbour().fit(batches.images, batches.targets)
        scores.append(accuracy(predict(network, test), test.labels))
    row("pixel nearest neighbour", scores, 0)
    for recipe in RECIPES:
        scores, started = [], time.perf_counter()
        for seed, (train, validation, test) in enumerate(sets):
            trainer = Trainer(recipe.changed(seed=seed), progress=False).fit(train, validation)
            scores.append(accuracy(trainer.predict(test), test.labels))
        row(recipe.name, scores, (time.perf_counter() - started) / len(sets))


if __name__ == "__main__":
    main()
