"""Train the small studies of the book: many short runs of one small network that differ in one thing.

    FER_DATA=... python tools/studies.py                  # all that are missing
    python tools/studies.py dropout --data synthetic      # one, on drawn faces

A study shows what a choice does, not how good a network can be, so it never sees the test part. Its file in
``data/studies`` holds the recipe and the history of every run; `fer_lib.runs.load_study` reads it.
"""

import argparse
import json
import shutil
from contextlib import suppress
from pathlib import Path

from fer_lib.augment import Augment
from fer_lib.data import load
from fer_lib.errors import Diverged
from fer_lib.files import cache_folder, write_whole
from fer_lib.runs import Study
from fer_lib.train import Recipe, Trainer, get_recipe
from fer_lib.train.recipes import MOVE
from fer_lib.train.reproduce import machine

FOLDER = Path(__file__).resolve().parents[1] / "data" / "studies"

SMALL = {"filters": (16, 32, 64), "hidden": (64,)}
BASE = Recipe("study", "convnet", options=SMALL, epochs=8, learning_rate=1e-3, schedule="cosine", precision="float32")
#: So much hidden layer for so few faces that it overfits.
LARGE = BASE.changed(options={"filters": (16, 32, 64), "hidden": (512,)}, epochs=20)

RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)


def with_options(recipe, **options):
    return recipe.changed(**{f"options.{name}": value for name, value in options.items()})


def batch_norm():
    plain = BASE.changed(optimizer="sgd", schedule="constant", epochs=3)
    for norm in (True, False):
        recipe = with_options(plain, batch_norm=norm, hidden_batch_norm=norm)
        for rate in RATES:
            yield f"{'with' if norm else 'without'} batch norm, rate {rate:g}", recipe.changed(learning_rate=rate)


def schedules():
    for schedule in ("constant", "step", "cosine", "one-cycle"):
        for rate in (3e-4, 3e-3, 3e-2):
            yield f"{schedule}, rate {rate:g}", BASE.changed(schedule=schedule, learning_rate=rate)


def dropout():
    for rate in (0.0, 0.2, 0.5, 0.8):
        yield f"dropout {rate:g}", with_options(LARGE, hidden_dropout=rate)
    for decay in (0.1, 1.0):
        yield f"weight decay {decay:g}", LARGE.changed(optimizer="adamw", weight_decay=decay)


def augmentation():
    changes = {
        "none": Augment(),
        "mirror": Augment(flip=0.5),
        "rotation": Augment(rotation=15),
        "shift": Augment(shift=0.1),
        "scale": Augment(scale=0.15),
        "contrast": Augment(brightness=0.1, contrast=0.3),
        "cutout": Augment(cutout=12),
        "moves, mild": MOVE,
        "nearly all, strong": Augment(flip=0.5, rotation=40, scale=0.4, shift=0.25, contrast=0.5, cutout=24),
    }
    for name, augment in changes.items():
        yield name, BASE.changed(augment=augment)


def salimov_grid():
    """Table 3 of Salimov & Yoo 2021, at one budget that a CPU can pay 24 times: one pass, so no face is seen twice."""
    base = get_recipe("salimov-small").changed(epochs=1, augment=Augment(flip=0.5), precision="float32")
    for layers in range(2, 8):
        for kernel in range(2, 6):
            name = f"salimov-{layers}conv-{kernel}x{kernel}"
            yield name, with_options(base, layers=layers, kernel=kernel)


#: Name of the study to its recipes, and how many training faces they get (None is all): enough to see a difference.
STUDIES = {
    "batch-norm": (batch_norm, 10_000),
    "schedules": (schedules, 10_000),
    "dropout": (dropout, 6000),
    "augmentation": (augmentation, 10_000),
    "salimov-grid": (salimov_grid, None),
}


def train(name, source):
    """Train one study. What is finished of it waits in the cache folder, so that a stop costs one short run."""
    recipes, count = STUDIES[name]
    splits = load(source)
    faces = splits.train[:count]
    data = {"source": splits.source, "train": len(faces), "validation": len(splits.validation)}
    file = cache_folder() / "studies" / f"{name}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    before = json.loads(file.read_text()) if file.exists() else {}
    finished = before["runs"] if before.get("data") == data else {}
    runs = {}
    for label, recipe in recipes():
        wanted = recipe.to_dict()
        if finished.get(label, {}).get("recipe") == wanted:
            runs[label] = finished[label]
            continue
        trainer = Trainer(recipe.changed(name=f"study-{name}"), progress=False)
        # A rate that breaks the run is a result.
        with suppress(Diverged):
            trainer.fit(faces, splits.validation)
        runs[label] = {"recipe": wanted, "history": trainer.history}
        Study(name, data, machine(trainer), runs).save(file)
        scores = [entry["validation_accuracy"] for entry in trainer.history]
        print(f"{name}: {label}: {f'{max(scores):.1%}' if scores else 'broke'}", flush=True)
    with write_whole(FOLDER / file.name) as temporary:  # the cache folder may lie on another disk
        shutil.copyfile(file, temporary)
    file.unlink()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", help="which; by default those that are missing")
    parser.add_argument("--data", default="auto", help="where FER2013 is, or 'synthetic'")
    options = parser.parse_args()
    for each in options.names or [name for name in STUDIES if not (FOLDER / f"{name}.json").exists()]:
        train(each, options.data)
