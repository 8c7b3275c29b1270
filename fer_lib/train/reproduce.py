"""`reproduce`: train by a published recipe, score the test part once, write the run down."""

import os
import platform
from pathlib import Path

import numpy as np
import torch

import fer_lib
from fer_lib.data import load
from fer_lib.errors import DataError
from fer_lib.files import cache_folder
from fer_lib.models import first_filters, round_weights, save_weights
from fer_lib.runs import Run, official_metrics
from fer_lib.train.device import reproducible
from fer_lib.train.predict import predict
from fer_lib.train.trainer import Trainer

#: Weights up to so many bytes are published with their run; larger ones stay in the cache folder.
LARGEST_PUBLISHED = 8_000_000


def reproduce(recipe, *, source="auto", folder="data", device="auto", compile=False, progress=True):
    """Train by a recipe on the official split, score the test part, and write run and weights.

    The scores are those of the weights as they are stored, rounded to float16, so whoever loads them finds the same.
    A run that was stopped goes on where its checkpoint in the cache folder left it.

    Parameters
    ----------
    recipe : Recipe
    source : str or pathlib.Path
        Where FER2013 is, as for `fer_lib.data.load`.
    folder : str or pathlib.Path
        Gets ``runs/<name>/`` and ``weights/<name>.safetensors``; weights above 8 MB go to the cache folder instead.
    device, compile, progress
        As for `Trainer`.

    Returns
    -------
    Run

    Raises
    ------
    DataError
        If the data is not FER2013 on its official split.

    Examples
    --------
    With FER2013 at hand:

    >>> from fer_lib.train import get_recipe
    >>> reproduce(get_recipe("greblo-fc"), folder="mine").score()  # doctest: +SKIP
    """
    everything = load_official(source)
    train, validation, _ = everything if recipe.labels == "fer2013" else load(source, labels=recipe.labels)
    checkpoint = cache_folder() / "checkpoints" / f"{recipe.name}-{recipe.fingerprint()}.pt"
    trainer = Trainer(recipe, device=device, checkpoint=checkpoint, compile=compile, progress=progress)
    model = round_weights(trainer.fit(train, validation).model)

    with reproducible(trainer.device):
        validation_logits = predict(model, everything.validation).astype(np.float16)
        test_logits = predict(model, everything.test).astype(np.float16)
    run = Run(
        name=recipe.name,
        recipe=recipe.to_dict(),
        data={
            "source": everything.source,
            "digest": everything.digest(),
            "train": len(train),
            "validation": len(validation),
            "test": len(everything.test),
        },
        history=[_rounded(entry) for entry in trainer.history],
        kept_epoch=trainer.best["epoch"],
        parameters=sum(weights.numel() for weights in trainer.model.parameters()),
        seconds=round(sum(entry["seconds"] for entry in trainer.history), 1),
        machine=machine(trainer),
        metrics=official_metrics(validation_logits, test_logits, recipe.labels),
        validation_logits=validation_logits,
        test_logits=test_logits,
        filters=first_filters(model).astype(np.float16),
    )
    if trainer.workers.rank == 0:
        options = {"classes": len(train.names), **recipe.options}
        small = 2 * run.parameters <= LARGEST_PUBLISHED
        weights = (Path(folder) if small else cache_folder()) / "weights" / f"{run.name}.safetensors"
        run_folder = Path(folder) / "runs" / run.name
        (run_folder / "run.json").unlink(missing_ok=True)  # an older run must not stand beside these weights
        save_weights(weights, model, recipe.network, options)
        run.save(run_folder)
        trainer.forget()
    return run


def load_official(source="auto"):
    """Load FER2013, which must be on its official split.

    Parameters
    ----------
    source : str or pathlib.Path
        As for `fer_lib.data.load`.

    Returns
    -------
    FaceSplits

    Raises
    ------
    DataError
        If it cannot be found or read, or is other data.

    Examples
    --------
    With FER2013 at hand:

    >>> len(load_official().test)  # doctest: +SKIP
    3589
    """
    everything = load(source)
    if not everything.official:
        raise DataError(f"{everything.source}: not FER2013 on its official split, so its scores compare with no other")
    return everything


def _rounded(entry):
    """Return a history entry with six significant digits: a learning rate of 5e-07 is not 0."""
    return {name: float(f"{value:.6g}") if isinstance(value, float) else value for name, value in entry.items()}


def machine(trainer):
    """Return what a run was made on: device, processes, threads, number format and versions."""
    names = {"cuda": torch.cuda.get_device_name, "cpu": lambda _: f"{os.cpu_count()} CPU cores"}
    return {
        "device": names.get(trainer.device.type, str)(trainer.device),
        "workers": trainer.workers.count,
        "threads": torch.get_num_threads(),
        "precision": trainer.precision,
        "compiled": trainer.compile,
        "python": platform.python_version(),
        "torch": torch.__version__,
        "fer_lib": fer_lib.__version__,
    }
