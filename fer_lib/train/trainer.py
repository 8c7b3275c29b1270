"""`Trainer`: one visible loop that turns a recipe and faces into a trained model.

Source of keeping the weights that did best on the validation part: Salimov & Yoo 2021, section 3.
"""

import logging
import math
import time

import torch
from torch.nn.functional import cross_entropy
from tqdm.auto import tqdm

from fer_lib.batches import Batches, stream_seed
from fer_lib.errors import Diverged, FerError
from fer_lib.train.checkpoint import (
    check_identity,
    delete_checkpoint,
    in_use,
    load_checkpoint,
    save_checkpoint,
)
from fer_lib.train.device import choose_device, reproducible
from fer_lib.train.loss import mix
from fer_lib.train.predict import predict
from fer_lib.train.schedule import learning_rate
from fer_lib.train.state import State
from fer_lib.train.step import descend
from fer_lib.train.workers import Workers

#: A GPU is asked so seldom whether the loss is still a number, as each question makes it wait.
STEPS_BETWEEN_LOOKS = 50
NEVER = 2**31 - 1

_log = logging.getLogger(__name__)


class Trainer:
    """Trains one network by a recipe. It is given train and validation faces, never the test part.

    Data order, augmentation and dropout are pure functions of (seed, epoch, step). So a run that is killed anywhere
    and resumed from its checkpoint ends with the weights, bit for bit, of the run that was never killed, given the
    same machine, number of threads and precision (which a checkpoint holds).

    Parameters
    ----------
    recipe : Recipe
        What to do.
    device : str
        ``"auto"`` takes a GPU if there is one; else ``"cpu"``, ``"cuda"``, ``"mps"``.
    checkpoint : str or pathlib.Path, optional
        A file to save the state in and, if it exists, to resume from.
    checkpoint_every : float
        Seconds between checkpoints: what a kill can cost.
    compile : bool
        Whether to let `torch.compile` fuse the operations of a step: a minute of waiting first, then other machine
        code, so other bits. Often faster on a GPU. On two CPU cores (float32, batches of 64, torch 2.14) a step of
        `greblo-deeper` took as long as before, and one of `salimov-small` 0.37 s instead of 0.22.
    progress : bool
        Whether to show a progress bar.

    Attributes
    ----------
    model : torch.nn.Module
        After `fit`: the network with the weights of the epoch that had the best validation accuracy.
    history : list of dict
        One entry an epoch: epoch, learning_rate, train_loss, train_accuracy, validation_loss, validation_accuracy,
        seconds. Train values are taken while training, with dropout, augmentation, label smoothing and soft targets;
        validation values on labels as they are. The learning rate is that of the last step.
    best : dict
        The entry of `history` whose weights were kept.
    precision : str
        The number format that was trained in.

    Examples
    --------
    >>> from fer_lib.data import load
    >>> from fer_lib.train import Recipe, Trainer
    >>> train, validation, _ = load("synthetic", n=300)
    >>> trainer = Trainer(Recipe("mine-fc", "fully-connected", epochs=2), progress=False).fit(train, validation)
    >>> len(trainer.history), trainer.predict(validation).shape
    (2, (30, 7))
    """

    def __init__(self, recipe, *, device="auto", checkpoint=None, checkpoint_every=30.0, compile=False, progress=True):
        self.recipe = recipe
        self.device = choose_device(device)
        self.workers = Workers(self.device)
        self.checkpoint = checkpoint
        self.checkpoint_every = checkpoint_every
        self._state = None
        self.compile = compile
        self.progress = progress and self.workers.rank == 0

    def fit(self, train, validation):
        """Train, and keep the weights of the epoch with the best validation accuracy.

        Parameters
        ----------
        train, validation : FaceSet

        Returns
        -------
        Trainer
            Itself.

        Raises
        ------
        FerError
            If the two parts do not have the same labels, the recipe does not fit them (class weights) or the network
            (options, stages), or a batch does not fit into memory or cannot be shared among the workers; a `Diverged`
            if the loss stops being a number.
        CheckpointError
            If there is a checkpoint, but of another recipe, of other data, damaged or in use, or it cannot be saved.
        """
        if train.names != validation.names:
            raise FerError(f"train has the labels {train.names} and validation {validation.names}: expected the same")
        self._classes = len(train.names)
        if self.recipe.class_weights and len(self.recipe.class_weights) != self._classes:
            raise FerError(f"class_weights has {len(self.recipe.class_weights)} values for {self._classes} labels")
        recipe = self.recipe
        with reproducible(self.device), in_use(self.checkpoint, self.workers):
            batches = Batches(train, recipe.batch_size, self.device)
            state = self._state = self._start(train, validation, batches)
            self._network = None
            self._first_bad_step = torch.full((), NEVER, device=self.device)
            done, total = state.epoch * len(batches) + state.step, recipe.epochs * len(batches)
            self._clock = time.perf_counter()
            with tqdm(total=total, initial=done, desc=recipe.name, unit="step", disable=not self.progress) as bar:
                while state.epoch < recipe.epochs and not self._has_lost_patience():
                    if self._network is None or state.epoch in recipe.stages:
                        self._free_stages()
                        self._network = self._parallel_and_compiled()
                    state.network.train()  # validation has left it in evaluation mode
                    for images, targets in batches.training(recipe.seed, state.epoch, state.step, recipe.augment):
                        self._step(images, targets, learning_rate(recipe, (done + 0.5) / total, state.history))
                        done += 1
                        bar.update()
                        self._save_if_due()
                    self._end_epoch(validation)
                    bar.set_postfix(validation=f"{self.history[-1]['validation_accuracy']:.1%}")
            self._save()
        state.kept.load_state_dict(state.best_weights)
        state.kept.eval()  # after a validation it is; after a resume of a finished run it would not be
        return self

    def _step(self, images, targets, rate):
        """Take one step of gradient descent at learning rate `rate`."""
        recipe, state = self.recipe, self._state
        moment = (recipe.seed, state.epoch, state.step)
        if recipe.mixup:
            images, targets = mix(images, targets, self._classes, recipe.mixup, stream_seed("mixup", *moment))
        batch = targets
        images, targets = self.workers.share(images), self.workers.share(targets)
        # On a CPU its own generator alone: `torch.manual_seed` leaves a note, with a stack trace, for each GPU as well.
        source = torch.default_generator if self.device.type == "cpu" else torch
        source.manual_seed(stream_seed("dropout", *moment, *self.workers.key))
        for group in state.optimizer.param_groups:
            group["lr"] = rate
        descent = (self._network, state.optimizer, state.scaler)
        logits, loss = descend(*descent, images, targets, recipe, self.precision, batch)
        if state.average is not None:
            state.average.update_parameters(state.network)

        # All of this stays on the device: asking for a number here would make a GPU wait at every step.
        state.step += 1
        bad_step = torch.where(loss.isfinite(), NEVER, state.step)
        self._first_bad_step = torch.minimum(self._first_bad_step, bad_step)
        labels = targets if targets.dim() == 1 else targets.argmax(1)
        right = (logits.argmax(1) == labels).sum()
        state.sums += torch.stack((loss * len(labels), right, torch.full_like(right, len(labels))))
        if state.step % STEPS_BETWEEN_LOOKS == 0:
            self._check_loss()

    def _end_epoch(self, validation):
        """Validate, note how the epoch went, and keep its weights if they are the best so far."""
        state = self._state
        self._check_loss()
        rate = state.optimizer.param_groups[0]["lr"]
        loss, right, seen = self.workers.add(state.sums).tolist()
        logits = self.predict(validation)
        validation_loss = float(cross_entropy(torch.tensor(logits), torch.tensor(validation.labels)))
        if not math.isfinite(validation_loss):
            raise Diverged(f"epoch {state.epoch + 1}: loss {validation_loss:g} on validation: {self._advice()}")
        entry = {
            "epoch": state.epoch + 1,
            "learning_rate": rate,
            "train_loss": loss / seen,
            "train_accuracy": right / seen,
            "validation_loss": validation_loss,
            "validation_accuracy": float((logits.argmax(1) == validation.labels).mean()),
            "seconds": state.seconds + self._lap(),
        }
        entry = self.workers.agree(entry)  # statistics of batch norm, and so scores, may differ between workers
        if state.best is None or entry["validation_accuracy"] > state.best["validation_accuracy"]:
            state.best = entry
            state.best_weights = {name: t.to("cpu", copy=True) for name, t in state.kept.state_dict().items()}
        state.history.append(entry)
        state.epoch, state.step, state.seconds = state.epoch + 1, 0, 0.0
        state.sums.zero_()

    def _check_loss(self):
        """Stop if the loss of some step was no number. The last checkpoint is from before."""
        state = self._state
        finite = torch.stack([weights.isfinite().all() for weights in state.network.parameters()]).all()
        step, finite = torch.stack((self._first_bad_step, finite)).tolist()  # one question, so that a GPU waits once
        if step == NEVER and finite:
            return
        found = f"step {min(step, state.step)}: the loss is not a number any more"
        raise Diverged(f"epoch {state.epoch + 1}, {found}: {self._advice()}")

    def _advice(self):
        kept = f"; the state before is in {self.checkpoint}" if self.checkpoint is not None else ""
        return f"lower the learning_rate ({self.recipe.learning_rate:g}){kept}"

    def _has_lost_patience(self):
        recipe, state = self.recipe, self._state
        return bool(recipe.patience and state.best) and state.epoch - state.best["epoch"] >= recipe.patience

    def _free_stages(self):
        """Free as much of a frozen network as its recipe says for this epoch."""
        if self.recipe.stages:
            if not hasattr(self._state.network, "free"):
                raise FerError(f"network {self.recipe.network!r} has no stages to free")
            self._state.network.free(sum(self._state.epoch >= epoch for epoch in self.recipe.stages))

    def _parallel_and_compiled(self):
        """Return what to call in training: the network, shared among workers and compiled where that is asked for."""
        network = self.workers.parallel(self._state.network)
        return torch.compile(network) if self.compile else network

    def predict(self, faces):
        """Return the logits of faces, as `fer_lib.train.predict` does, in the precision that was trained in."""
        return predict(self.model, faces, self.recipe.batch_size, self.precision)

    @property
    def model(self):
        """The network that is kept, with its weights as they are now."""
        return self._trained().kept

    @property
    def history(self):
        """What happened in each finished epoch."""
        return self._trained().history

    @property
    def best(self):
        """The entry of `history` whose weights are kept."""
        return self._trained().best

    @property
    def precision(self):
        """The number format that is trained in."""
        return self._trained().precision

    def _trained(self):
        if self._state is None:
            raise FerError("nothing is trained yet: call fit(train, validation) first")
        return self._state

    def forget(self):
        """Delete the checkpoint: the run is finished, and stored elsewhere."""
        if self._saves:
            delete_checkpoint(self.checkpoint)

    def _start(self, train, validation, batches):
        """Return the state to begin with: a new one, or what the checkpoint holds."""
        data = f"{train.digest()}-{validation.digest()}"
        self._identity = {
            "recipe": self.recipe.to_dict(),
            "data": data,
            "device": torch.cuda.get_device_name(self.device) if self.device.type == "cuda" else self.device.type,
            "threads": torch.get_num_threads(),
            "workers": self.workers.count,
            "compiled": self.compile,
        }
        self._saved_at = time.perf_counter()
        # Rank 0 alone looks: looking may move the older checkpoint, and on another machine there is none.
        saved = self.workers.agree(load_checkpoint(self.checkpoint) if self._saves else None)
        if saved is None:
            state = State.new(self.recipe, train, batches, self.workers)
            if self._saves:  # at once, so that a resumed run never chooses its precision again
                save_checkpoint(self.checkpoint, {**self._identity, **state.to_checkpoint()})
            return state
        check_identity(self.checkpoint, saved, self._identity)
        state = State.new(self.recipe, train, batches, self.workers, precision=saved["precision"])
        state.restore(saved)
        _log.info("%s: resumed after %d epochs and %d steps", self.recipe.name, state.epoch, state.step)
        return state

    @property
    def _saves(self):
        return self.checkpoint is not None and self.workers.rank == 0

    def _save_if_due(self):
        if time.perf_counter() - self._saved_at >= self.checkpoint_every:
            self._save()

    def _save(self):
        if self._saves:
            self._check_loss()
            self._state.seconds += self._lap()
            save_checkpoint(self.checkpoint, {**self._identity, **self._state.to_checkpoint()})
        self._saved_at = time.perf_counter()

    def _lap(self):
        """Return the seconds since the last call."""
        before, self._clock = self._clock, time.perf_counter()
        return self._clock - before
