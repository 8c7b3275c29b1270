"""One run on many processes: the same weights, but for rounding, as one process gives."""

import multiprocessing
import os
import socket

import numpy as np
import pytest
import torch
from faces_for_tests import blobs

from fer_lib.augment import Augment
from fer_lib.batches import Batches
from fer_lib.errors import FerError
from fer_lib.train import Recipe, Trainer, state
from fer_lib.train.state import State
from fer_lib.train.workers import Workers

CPU = torch.device("cpu")
TRAIN, VALIDATION = blobs(160), blobs(40, seed=1, split="validation")
RECIPE = Recipe(
    "test-workers",
    "convnet",
    options={"filters": (4, 8), "batch_norm": False, "hidden": (16,), "hidden_batch_norm": False},
    epochs=2,
    batch_size=32,
    average=0.9,
    class_weights=(0.1, 0.3, 0.3, 1.0, 0.3, 0.3, 0.1),
    mixup=0.4,
    augment=Augment(flip=0.5, rotation=10, shift=0.1),
    precision="float32",
)


def test_a_precision_is_chosen_by_the_share_of_a_batch_that_each_worker_trains_on(monkeypatch):
    workers, tried = Workers(CPU), []
    workers.count, workers.agree = 2, lambda value: value
    monkeypatch.setattr(state, "fastest", lambda network, images, targets: tried.append(len(images)) or "float32")
    State.new(RECIPE.changed(precision="auto"), TRAIN, Batches(TRAIN, 32, CPU), workers)
    assert tried == [16]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def train(rank, port, folder, recipe):
    """Be one of two processes, as torchrun would start it."""
    torch.set_num_threads(1)
    place = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    os.environ.update(place, RANK=str(rank), LOCAL_RANK=str(rank), WORLD_SIZE="2")
    trainer = Trainer(recipe, checkpoint=folder / "run.pt", checkpoint_every=0, progress=False)
    trainer.fit(TRAIN, VALIDATION)
    weights = {name: tensor.numpy() for name, tensor in trainer.model.state_dict().items()}
    told = {name: [entry[name] for entry in trainer.history] for name in ("train_loss", "seconds")}
    np.savez(folder / f"rank{rank}.npz", **weights, **told)
    torch.distributed.destroy_process_group()


def train_in_two_processes(folder, recipe=RECIPE):
    context, port = multiprocessing.get_context("spawn"), free_port()
    # Daemons: if one fails, the other does not keep the tests from ending.
    arguments = [(rank, port, folder, recipe) for rank in range(2)]
    processes = [context.Process(target=train, args=each, daemon=True) for each in arguments]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
        assert process.exitcode == 0, "see the traceback of one of them in stderr; None: it waited 120 s for the other"
    return [dict(np.load(folder / f"rank{rank}.npz")) for rank in range(2)]


def test_two_processes_end_with_the_weights_of_one(tmp_path):
    first, second = train_in_two_processes(tmp_path)
    assert all(np.array_equal(first[name], second[name]) for name in first), "both hold the same weights"
    alone = Trainer(RECIPE, progress=False).fit(TRAIN, VALIDATION)
    for name, tensor in alone.model.state_dict().items():
        np.testing.assert_allclose(first[name], tensor.numpy(), rtol=1e-3, atol=1e-4, err_msg=name)
    losses = [entry["train_loss"] for entry in alone.history]
    np.testing.assert_allclose(first["train_loss"], losses, rtol=1e-4)
    again, _ = train_in_two_processes(tmp_path)  # it is finished: nothing is trained, all is loaded, seconds too
    assert all(np.array_equal(again[name], first[name]) for name in first)


def test_alone_nothing_is_shared():
    workers, batch = Workers(CPU), torch.arange(5)
    assert workers.share(batch) is not None
    assert torch.equal(workers.share(batch), batch)
    assert torch.equal(workers.add(batch), batch)


def test_a_batch_that_cannot_be_shared_evenly_is_refused():
    workers = Workers(CPU)
    workers.count = 2
    with pytest.raises(FerError, match="a batch of 5 images cannot be shared evenly among 2 processes"):
        workers.share(torch.arange(5))
