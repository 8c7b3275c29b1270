"""`State`: all that changes while a run goes on, and so all that a checkpoint must hold."""

from dataclasses import dataclass, field

import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from fer_lib.train.fresh import check_batch, fresh_network
from fer_lib.train.memory import explain_out_of_memory
from fer_lib.train.precision import MEMORY_FORMAT, fastest

_WITH_STATE = ("network", "average", "optimizer", "scaler")
_PLAIN = ("epoch", "step", "sums", "seconds", "history", "best", "best_weights")


@dataclass
class State:
    """All that changes while a run goes on.

    Random numbers are not in it: each step seeds them anew from (seed, epoch, step).

    Attributes
    ----------
    precision : str
        Chosen once, then kept.
    network : torch.nn.Module
        What is trained.
    average : torch.optim.swa_utils.AveragedModel or None
        Running average of the weights, if the recipe asks for one.
    optimizer : torch.optim.Optimizer
    scaler : torch.amp.GradScaler
        Keeps float16 gradients from vanishing; does nothing in other formats.
    epoch, step : int
        Epochs finished, and steps finished in the epoch at hand.
    sums : torch.Tensor of float32, shape [3]
        Of the epoch at hand: loss and right answers summed over the images seen, and how many these are. On the device.
    seconds : float
        Time spent in the epoch at hand.
    history : list of dict
        One entry a finished epoch.
    best : dict or None
        The entry with the best validation accuracy.
    best_weights : dict or None
        The weights of that epoch, on the CPU.
    """

    precision: str
    network: torch.nn.Module
    average: AveragedModel | None
    optimizer: torch.optim.Optimizer
    scaler: torch.amp.GradScaler
    sums: torch.Tensor
    epoch: int = 0
    step: int = 0
    seconds: float = 0.0
    history: list = field(default_factory=list)
    best: dict | None = None
    best_weights: dict | None = None

    @classmethod
    def new(cls, recipe, train, batches, workers, precision=None):
        """Set up a run at its beginning.

        Parameters
        ----------
        recipe : Recipe
        train : FaceSet
            Its images give the mean and spread that the network subtracts and divides by.
        batches : Batches
            Of the same faces, on the device to train on.
        workers : Workers
            Who train together, and so in one format.
        precision : str, optional
            The format to train in, if it is known already.

        Raises
        ------
        FerError
            If a batch does not fit into memory, or is too small for batch norm.
        """
        device = batches.images.device
        network = fresh_network(recipe, train).to(device, memory_format=MEMORY_FORMAT)
        check_batch(network, batches.batch_size // workers.count)
        if precision is None and recipe.precision == "auto":
            images, targets = (workers.share(part) for part in next(batches.training(recipe.seed, epoch=0)))
            with explain_out_of_memory(network, images, "float32", workers.count):
                precision = workers.agree(fastest(network, images, targets))
        precision = precision or recipe.precision
        average = None
        if recipe.average:
            average = AveragedModel(network, multi_avg_fn=get_ema_multi_avg_fn(recipe.average), use_buffers=True)
        return cls(
            precision=precision,
            network=network,
            average=average,
            optimizer=make_optimizer(network, recipe),
            scaler=torch.amp.GradScaler(device.type, enabled=precision == "float16"),
            sums=torch.zeros(3, device=device),
        )

    @property
    def kept(self):
        """The network that is validated and kept: the average, if there is one."""
        return self.network if self.average is None else self.average.module

    def to_checkpoint(self):
        """Return the state as tensors, numbers, strings, lists and dicts."""
        parts = {name: getattr(self, name).state_dict() for name in _WITH_STATE if getattr(self, name) is not None}
        return {"precision": self.precision, **parts, **{name: getattr(self, name) for name in _PLAIN}}

    def restore(self, saved):
        """Take over what `to_checkpoint` returned."""
        for name in _WITH_STATE:
            if getattr(self, name) is not None:
                getattr(self, name).load_state_dict(saved[name])
        for name in _PLAIN:
            setattr(self, name, saved[name])
        self.sums = self.sums.to(next(self.network.parameters()).device)


def make_optimizer(network, recipe):
    """Return the optimizer. Weight decay pulls on weights only: a bias or a batch norm's scale does not overfit."""
    weights = [values for values in network.parameters() if values.dim() > 1]
    others = [values for values in network.parameters() if values.dim() <= 1]
    groups = [{"params": weights, "weight_decay": recipe.weight_decay}, {"params": others, "weight_decay": 0.0}]
    options = {"lr": recipe.learning_rate}
    if next(network.parameters()).device.type in ("cpu", "cuda"):
        options["fused"] = True  # one kernel for all weights; on a GPU it also spares float16 a wait at every step
    if recipe.optimizer == "sgd":
        optimizer = torch.optim.SGD(groups, momentum=0.9, nesterov=True, **options)
        for values in network.parameters():  # the fused kernel can begin neither with some of them alone nor in a skip
            optimizer.state[values]["momentum_buffer"] = torch.zeros_like(values)
        return optimizer
    return {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[recipe.optimizer](groups, **options)
