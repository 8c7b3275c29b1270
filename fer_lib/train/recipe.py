"""`Recipe`: everything that decides a run, and nothing else."""

import hashlib
import json
from dataclasses import asdict, dataclass, field, fields, replace

from fer_lib.augment import Augment
from fer_lib.errors import FerError

_CHOICES = {
    "labels": ("fer2013", "majority", "probability", "multi-label"),
    "optimizer": ("sgd", "adam", "adamw"),
    "schedule": ("constant", "cosine", "one-cycle"),
    "precision": ("auto", "float32", "bfloat16", "float16"),
}


@dataclass(frozen=True)
class Recipe:
    """Everything that decides a run: same recipe, same data, same machine, same weights, bit for bit.

    Attributes
    ----------
    name : str
        Name of the run it makes: ``<paper>-<network>[-variant]``.
    network : str
        One of `fer_lib.models.list_models`.
    options : dict
        What the network is made with, besides the number of classes.
    labels : str
        ``"fer2013"``, or FER+ labels as ``"majority"``, ``"probability"`` or ``"multi-label"``.
    epochs : int
        Passes over the training images.
    batch_size : int
        Images a step.
    optimizer : str
        ``"sgd"`` (with Nesterov momentum 0.9), ``"adam"`` or ``"adamw"``.
    learning_rate : float
        The largest of the schedule.
    weight_decay : float
        L2 regularisation; decoupled from the gradient for ``"adamw"``.
    schedule : str
        ``"constant"``; ``"cosine"``, down to 0; ``"one-cycle"``, up in the first quarter and down to 0.
    label_smoothing : float
        Share of each target spread evenly over all labels, 0 to 1.
    average : float
        Decay a step of a running average of the weights, which is then what is validated and kept. 0 switches it off.
    augment : Augment
        How training images are changed.
    precision : str
        ``"auto"`` times what the device can do and keeps the fastest; else ``"float32"``, ``"bfloat16"``,
        ``"float16"``.
    seed : int
        Of the first weights, the data order, augmentation and dropout.

    Raises
    ------
    FerError
        If a field holds what it cannot.

    Examples
    --------
    >>> recipe = Recipe("mine-fc", "fully-connected", epochs=5)
    >>> recipe.changed(seed=1).seed
    1
    """

    name: str
    network: str
    options: dict = field(default_factory=dict)
    labels: str = "fer2013"
    epochs: int = 30
    batch_size: int = 128
    optimizer: str = "adam"
    learning_rate: float = 1e-3
    weight_decay: float = 0.0
    schedule: str = "constant"
    label_smoothing: float = 0.0
    average: float = 0.0
    augment: Augment = field(default_factory=Augment)
    precision: str = "auto"
    seed: int = 0

    def __post_init__(self):
        for name, choices in _CHOICES.items():
            if getattr(self, name) not in choices:
                raise FerError(
                    f"recipe {self.name!r}: {name} is {getattr(self, name)!r}, expected {', '.join(choices)}"
                )
        for name in ("epochs", "batch_size"):
            if not (isinstance(getattr(self, name), int) and getattr(self, name) > 0):
                raise FerError(
                    f"recipe {self.name!r}: {name} is {getattr(self, name)!r}, expected a whole number above 0"
                )
        for name, high in (("learning_rate", None), ("weight_decay", None), ("label_smoothing", 1), ("average", 1)):
            value = getattr(self, name)
            if not value >= 0 or (high is not None and value >= high):
                bound = "" if high is None else f" and below {high}"
                raise FerError(f"recipe {self.name!r}: {name} is {value!r}, expected 0 or more{bound}")

    def changed(self, **values):
        """Return the recipe with some fields changed.

        Raises
        ------
        FerError
            If there is no such field.
        """
        unknown = set(values) - {f.name for f in fields(self)}
        if unknown:
            known = ", ".join(f.name for f in fields(self))
            raise FerError(f"a recipe has no {sorted(unknown)[0]!r}; it has {known}")
        return replace(self, **values)

    def to_dict(self):
        """Return the recipe as plain numbers, strings, lists and dicts, ready for JSON."""
        return json.loads(json.dumps(asdict(self)))

    @classmethod
    def from_dict(cls, values):
        """Return the recipe that `to_dict` described."""
        return cls(**{**values, "augment": Augment(**values["augment"])})

    def fingerprint(self):
        """Return 16 hexadecimal digits that stand for every field but the name: the run it makes is the same."""
        values = self.to_dict()
        del values["name"]
        return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]
