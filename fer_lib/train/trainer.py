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
from fer_lib.errors import CheckpointError, FerError
from fer_lib.train.checkpoint import delete_checkpoint, load_checkpoint, save_checkpoint
from fer_lib.train.device import choose_device, reproducible
from fer_lib.train.precision import forward
from fer_lib.train.predict import predict
from fer_lib.train.schedule import learning_rate
from fer_lib.train.state import State

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

    def __init__(self, recipe, *, device="auto", checkpoint=None, checkpoint_every=30.0, progress=True):
        self.recipe = recipe
        self.device = choose_device(device)
        self.checkpoint = checkpoint
        self.checkpoint_every = checkpoint_every
        self.progress = progress

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
            If the two parts do not have the same labels, or the loss stops being a number.
        CheckpointError
            If there is a checkpoint, but of another recipe, of other data, or damaged.
        """
        if train.names != validation.names:
            raise FerError(f"train has the labels {train.names} and validation {validation.names}: expected the same")
        recipe = self.recipe
        with reproducible(self.device):
            batches = Batches(train, recipe.batch_size, self.device)
            state = self._state = self._start(train, validation, batches)
            done, total = state.epoch * len(batches) + state.step, recipe.epochs * len(batches)
            self._clock = time.perf_counter()
            with tqdm(total=total, initial=done, desc=recipe.name, unit="step", disable=not self.progress) as bar:
                while state.epoch < recipe.epochs:
                    for images, targets in batches.training(recipe.seed, state.epoch, state.step, recipe.augment):
                        self._step(images, targets, learning_rate(recipe, done / total))
                        done += 1
                        bar.update()
                        self._save_if_due()
                    self._end_epoch(validation)
                    bar.set_postfix(validation=f"{self.history[-1]['validation_accuracy']:.1%}")
            self._save()
        state.kept.load_state_dict(state.best_weights)
        return self

    def _step(self, images, targets, rate):
        """Take one step of gradient descent at learning rate `rate`."""
        recipe, state = self.recipe, self._state
        torch.manual_seed(stream_seed("dropout", recipe.seed, state.epoch, state.step))
        for group in state.optimizer.param_groups:
            group["lr"] = rate
        state.network.train()
        logits = forward(state.network, images, self.precision)
        loss = cross_entropy(logits, targets, label_smoothing=recipe.label_smoothing)
        state.optimizer.zero_grad()
        state.scaler.scale(loss).backward()
        state.scaler.step(state.optimizer)
        state.scaler.update()
        if state.average is not None:
            state.average.update_parameters(state.network)

        # The sums stay on the device: asking for a number here would make a GPU wait at every step.
        labels = targets if targets.dim() == 1 else targets.argmax(1)
        state.sums += torch.stack((loss.detach() * len(labels), (logits.argmax(1) == labels).sum()))
        state.seen += len(labels)
        state.step += 1

    def _end_epoch(self, validation):
        """Validate, note how the epoch went, and keep its weights if they are the best so far."""
        state = self._state
        rate = state.optimizer.param_groups[0]["lr"]
        train_loss, train_accuracy = (state.sums / state.seen).tolist()
        logits = self.predict(validation)
        validation_loss = float(cross_entropy(torch.tensor(logits), torch.tensor(validation.labels)))
        if not math.isfinite(train_loss + validation_loss):
            found = f"loss {train_loss:g} in training, {validation_loss:g} on validation"
            raise FerError(f"epoch {state.epoch + 1}: {found}: lower the learning_rate ({self.recipe.learning_rate:g})")
        entry = {
            "epoch": state.epoch + 1,
            "learning_rate": rate,
            "train_loss": train_loss,
            "train_accuracy": train_accuracy,
            "validation_loss": validation_loss,
            "validation_accuracy": float((logits.argmax(1) == validation.labels).mean()),
            "seconds": state.seconds + self._lap(),
        }
        if state.best is None or entry["validation_accuracy"] > state.best["validation_accuracy"]:
            state.best = entry
            state.best_weights = {name: t.cpu().clone() for name, t in state.kept.state_dict().items()}
        state.history.append(entry)
        state.epoch, state.step, state.seen, state.seconds = state.epoch + 1, 0, 0, 0.0
        state.sums.zero_()

    def predict(self, faces):
        """Return the logits of faces, as `fer_lib.train.predict` does, in the precision that was trained in."""
        return predict(self.model, faces, self.recipe.batch_size, self.precision)

    @property
    def model(self):
        """The network that is kept, with its weights as they are now."""
        return self._state.kept

    @property
    def history(self):
        """What happened in each finished epoch."""
        return self._state.history

    @property
    def best(self):
        """The entry of `history` whose weights are kept."""
        return self._state.best

    @property
    def precision(self):
        """The number format that is trained in."""
        return self._state.precision

    def forget(self):
        """Delete the checkpoint: the run is finished, and stored elsewhere."""
        if self.checkpoint is not None:
            delete_checkpoint(self.checkpoint)

    def _start(self, train, validation, batches):
        """Return the state to begin with: a new one, or what the checkpoint holds."""
        data = f"{train.digest()}-{validation.digest()}"
        self._identity = {"recipe": self.recipe.to_dict(), "data": data, "threads": torch.get_num_threads()}
        self._saved_at = time.perf_counter()
        saved = load_checkpoint(self.checkpoint) if self.checkpoint is not None else None
        if saved is None:
            state = State.new(self.recipe, train, batches)
            if self.checkpoint is not None:  # at once, so that a resumed run never chooses its precision again
                save_checkpoint(self.checkpoint, {**self._identity, **state.to_checkpoint()})
            return state
        self._check(saved)
        state = State.new(self.recipe, train, batches, precision=saved["precision"])
        state.restore(saved)
        _log.info("%s: resumed after %d epochs and %d steps", self.recipe.name, state.epoch, state.step)
        return state

    def _check(self, saved):
        """Refuse a checkpoint that is not of this run."""
        mine = self._identity
        if not isinstance(saved, dict) or not saved.keys() >= mine.keys():
            raise CheckpointError(f"{self.checkpoint}: not the checkpoint of a run: name another file")
        if saved["recipe"] != mine["recipe"]:
            theirs = saved["recipe"]
            differs = [
                f"{k} {theirs.get(k)!r}, expected {v!r}" for k, v in mine["recipe"].items() if theirs.get(k) != v
            ]
            raise CheckpointError(
                f"{self.checkpoint}: of another recipe ({'; '.join(differs)}): delete it to start anew"
            )
        if saved["data"] != mine["data"]:
            found = f"of other data (digests {saved['data']}, expected {mine['data']})"
            raise CheckpointError(f"{self.checkpoint}: {found}: delete it to start anew")
        if saved["threads"] != mine["threads"]:
            found = f"{saved['threads']} threads so far, {mine['threads']} from here on"
            _log.warning("%s: %s: the weights will not be bit for bit the same", self.recipe.name, found)

    def _save_if_due(self):
        if time.perf_counter() - self._saved_at >= self.checkpoint_every:
            self._save()

    def _save(self):
        if self.checkpoint is not None:
            self._state.seconds += self._lap()
            save_checkpoint(self.checkpoint, {**self._identity, **self._state.to_checkpoint()})
        self._saved_at = time.perf_counter()

    def _lap(self):
        """Return the seconds since the last call."""
        before, self._clock = self._clock, time.perf_counter()
        return self._clock - before
