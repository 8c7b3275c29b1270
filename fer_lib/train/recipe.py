"""`Recipe`: everything that decides a run, and nothing else."""

import hashlib
import json
import math
import re
from dataclasses import asdict, dataclass, field, fields, replace

from fer_lib.augment import Augment
from fer_lib.errors import FerError


def _one_of(*choices):
    return ", ".join(choices), choices.__contains__


def _whole_number(low):
    return f"a whole number from {low} up", lambda value: type(value) is int and value >= low


def _number(below=math.inf):
    bound = "" if below == math.inf else f" and below {below}"
    return f"a number, 0 or more{bound}", lambda value: isinstance(value, (int, float)) and 0 <= value < below


def _are_weights(values):
    return isinstance(values, (list, tuple)) and all(isinstance(v, (int, float)) and 0 < v < math.inf for v in values)


def _are_rising_epochs(values):
    whole = isinstance(values, (list, tuple)) and all(type(v) is int and v > 0 for v in values)
    return whole and list(values) == sorted(set(values))


#: For each field, what it may hold: in words, and as a test.
_FIELDS = {
    "name": ("a name that a file can have", lambda name: isinstance(name, str) and re.fullmatch(r"\w[^/\\]*", name)),
    "network": ("the name of a network", lambda name: isinstance(name, str)),
    "options": (
        "a dict of what the network takes, without classes, which follow from the labels",
        lambda options: isinstance(options, dict) and "classes" not in options,
    ),
    "labels": _one_of("fer2013", "majority", "probability", "multi-label"),
    "epochs": _whole_number(1),
    "batch_size": _whole_number(1),
    "optimizer": _one_of("sgd", "adam", "adamw"),
    "learning_rate": _number(),
    "weight_decay": _number(),
    "schedule": _one_of("constant", "step", "plateau", "cosine", "one-cycle"),
    "warmup": _number(below=1),
    "clip": _number(),
    "label_smoothing": _number(below=1),
    "class_weights": ("a list of one weight above 0 for each emotion label, or an empty one", _are_weights),
    "mixup": _number(),
    "average": _number(below=1),
    "patience": _whole_number(0),
    "stages": ("a list of rising epochs", _are_rising_epochs),
    "augment": ("an Augment", lambda augment: isinstance(augment, Augment)),
    "precision": _one_of("auto", "float32", "bfloat16", "float16"),
    "seed": _whole_number(0),
}


@dataclass(frozen=True)
class Recipe:
    """Everything that decides a run: same recipe, same data, same machine, same weights, bit for bit.

    With one exception: a `precision` of ``"auto"`` is decided by the clock, and what it decided is noted in the run.
    Name the precision to rule that out.

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
        L2 regularisation of the weights (not of biases and batch norm); decoupled from the gradient for ``"adamw"``.
    schedule : str
        ``"constant"``, ``"step"``, ``"plateau"``, ``"cosine"`` or ``"one-cycle"``, see
        `fer_lib.train.schedule.learning_rate`.
    warmup : float
        Share of all steps in which the learning rate first rises to what the schedule says, 0 to 1.
    clip : float
        Largest norm of all gradients together; longer ones are shortened to it. 0 switches it off.
    label_smoothing : float
        Share of each target spread evenly over all labels, 0 to 1.
    class_weights : sequence of float
        What an image of each emotion label counts in the loss; empty if all count 1.
    mixup : float
        Images are mixed in pairs, and their targets with them, by a share drawn from Beta(mixup, mixup). 0 switches
        it off.
    average : float
        Decay a step of a running average of the weights, which is then what is validated and kept. 0 switches it off.
    patience : int
        Stop after this many epochs in a row without a better validation accuracy. 0 switches it off.
    stages : sequence of int
        After how many epochs a pretrained network that starts frozen frees one stage more.
    augment : Augment
        How training images are changed.
    precision : str
        ``"auto"`` times what the device can do and keeps the fastest; else ``"float32"``, ``"bfloat16"``,
        ``"float16"``.
    seed : int
        Of the first weights, the data order, augmentation, mixup and dropout; of the folds in cross-validation.

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
    warmup: float = 0.0
    clip: float = 0.0
    label_smoothing: float = 0.0
    class_weights: tuple = ()
    mixup: float = 0.0
    average: float = 0.0
    patience: int = 0
    stages: tuple = ()
    augment: Augment = field(default_factory=Augment)
    precision: str = "auto"
    seed: int = 0

    def __post_init__(self):
        for name, (expected, fits) in _FIELDS.items():
            value = getattr(self, name)
            if not fits(value):
                raise FerError(f"recipe {self.name!r}: {name} is {value!r}, expected {expected}")

    def changed(self, **values):
        """Return the recipe with some fields changed.

        ``options.NAME`` changes one option of the network and ``augment.NAME`` one change of the images; the others
        stay. Such names need the form ``recipe.changed(**{"options.dropout": 0.2})``.

        Raises
        ------
        FerError
            If there is no such field.
        """
        changes, parts = {}, {"options": self.options, "augment": asdict(self.augment)}
        for name, value in values.items():
            whole, dot, part = name.partition(".")
            if dot and whole in parts:
                value = parts[whole] = {**parts[whole], part: value}
                name = whole
            changes[name] = value
        unknown = set(changes) - {f.name for f in fields(self)}
        if unknown:
            known = ", ".join(f.name for f in fields(self))
            raise FerError(f"a recipe has no {sorted(unknown)[0]!r}; it has {known}")
        if isinstance(changes.get("augment"), dict):
            try:
                changes["augment"] = Augment(**changes["augment"])
            except TypeError as error:
                raise FerError(f"augment is {changes['augment']!r}, expected the fields of Augment") from error
        return replace(self, **changes)

    def to_dict(self):
        """Return the recipe as plain numbers, strings, lists and dicts, ready for JSON."""
        return json.loads(json.dumps(asdict(self)))

    @classmethod
    def from_dict(cls, values):
        """Return a recipe that makes the same run (same `fingerprint`) as the one that `to_dict` described."""
        return cls(**{**values, "augment": Augment(**values["augment"])})

    def fingerprint(self):
        """Return 16 hexadecimal digits that stand for every field but the name: the run it makes is the same."""
        values = self.to_dict()
        del values["name"]
        return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]
