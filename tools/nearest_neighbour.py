"""Score the baseline that learns nothing, pixel nearest neighbour, and write it down as a run in ``data/runs``."""

import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import torch

from fer_lib.batches import Batches
from fer_lib.data import load
from fer_lib.errors import DataError
from fer_lib.models import NearestNeighbour
from fer_lib.runs import Run, official_metrics
from fer_lib.train import predict
from fer_lib.train.reproduce import machine
from fer_lib.train.workers import Workers


def main():
    splits = load()
    if not splits.official:
        raise DataError(f"{splits.source}: not FER2013 on its official split")
    cpu = torch.device("cpu")
    no_trainer = SimpleNamespace(device=cpu, workers=Workers(cpu), precision="float32", compile=False)
    train = Batches(splits.train, 256)
    network = NearestNeighbour().fit(train.images, train.targets)
    started = time.perf_counter()
    validation_logits, test_logits = (
        predict(network, part).astype(np.float16) for part in (splits.validation, splits.test)
    )
    run = Run(
        name="baseline-nearest-neighbour",
        recipe={"name": "baseline-nearest-neighbour", "network": "nearest-neighbour", "labels": "fer2013"},
        data={"source": splits.source, "digest": splits.digest(), **{part.split: len(part) for part in splits}},
        history=[],
        kept_epoch=0,
        parameters=0,
        seconds=round(time.perf_counter() - started, 1),
        machine=machine(no_trainer),
        metrics=official_metrics(validation_logits, test_logits),
        validation_logits=validation_logits,
        filters=np.zeros((0, 0, 0), np.float16),
        test_logits=test_logits,
    )
    run.save(Path(__file__).resolve().parents[1] / "data" / "runs" / run.name)
    for part in run.metrics:
        print(f"{part}: {run.score(part)}")


if __name__ == "__main__":
    main()
