"""Two checks before the hours of training. Alizadeh & Fazel 2017, section 5.1."""

import math
from typing import NamedTuple

import torch
from torch.nn.functional import cross_entropy

from fer_lib.augment import Augment
from fer_lib.batches import stream
from fer_lib.train.fresh import fresh_network
from fer_lib.train.predict import predict
from fer_lib.train.trainer import Trainer


class InitialLoss(NamedTuple):
    """What a fresh network loses, and what one without any opinion would."""

    loss: float
    expected: float

    @property
    def fine(self):
        """Whether the loss is within half of what is expected: a network with a strong opinion is sure, and wrong."""
        return abs(self.loss - self.expected) < self.expected / 2


def check_initial_loss(recipe, faces):
    """Measure the loss of a network that has learned nothing: near ln 7, as it should prefer none of the labels.

    A loss far above says that weights or inputs are too large.

    Parameters
    ----------
    recipe : Recipe
    faces : FaceSet
        The first 512 are used.

    Returns
    -------
    InitialLoss

    Examples
    --------
    >>> from fer_lib.data import load
    >>> from fer_lib.train import Recipe
    >>> check_initial_loss(Recipe("mine", "fully-connected"), load("synthetic", n=100).train).fine
    True
    """
    faces = faces[:512]
    network = fresh_network(recipe, faces)
    network.train()  # batch norm by the batch: its running statistics know nothing yet
    with torch.no_grad(), torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(0)
        logits = network(torch.tensor(faces.images)[:, None] / 255)
    return InitialLoss(float(cross_entropy(logits, torch.tensor(faces.labels))), math.log(len(faces.names)))


def overfit_subset(recipe, faces, *, count=64, epochs=60, device="auto"):
    """Train on a few faces until the network knows them by heart, and return the share it gets right.

    A network that cannot learn 64 faces by heart has a mistake in it, and will not learn 28,709 either.

    Parameters
    ----------
    recipe : Recipe
        Its augmentation, weight decay, label smoothing, mixup, average and patience are switched off.
    faces : FaceSet
    count : int
        How many faces, drawn at random.
    epochs : int
        Passes over them.
    device : str
        As for `Trainer`.

    Returns
    -------
    float
        Share of right answers in evaluation mode, 0 to 1: close to 1 for a network without mistakes.

    Examples
    --------
    >>> from fer_lib.data import load
    >>> from fer_lib.train import Recipe
    >>> overfit_subset(Recipe("mine", "fully-connected"), load("synthetic", n=100).train, count=10)
    1.0
    """
    chosen = torch.randperm(len(faces), generator=stream("subset", recipe.seed))[:count].numpy()
    few = faces[chosen]
    plain = recipe.changed(
        epochs=epochs,
        batch_size=min(32, len(few)),
        augment=Augment(),
        weight_decay=0.0,
        label_smoothing=0.0,
        mixup=0.0,
        average=0.0,
        patience=0,
    )
    trainer = Trainer(plain, device=device, progress=False).fit(few, few)
    return float((predict(trainer.model, few).argmax(1) == few.labels).mean())
