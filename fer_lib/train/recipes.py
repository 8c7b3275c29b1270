"""The recipes of the runs in ``data/runs``: what a paper says, and, where it is silent, what validation chose."""

from fer_lib.augment import Augment
from fer_lib.errors import FerError
from fer_lib.train.recipe import Recipe

_MIRROR = Augment(flip=0.5)  # Alizadeh & Fazel 2017, section 4
#: Small moves of the face, which our recipes add to mirroring.
MOVE = Augment(flip=0.5, rotation=10, scale=0.1, shift=0.08)

#: What our recipes share, where they train a paper's network better than the paper could.
_OURS = {
    "optimizer": "adamw",
    "learning_rate": 1e-3,
    "weight_decay": 0.05,
    "schedule": "one-cycle",
    "label_smoothing": 0.1,
    "augment": MOVE,
}

#: The same with moves half as far, for short schedules.
_OURS_SHORT = {**_OURS, "augment": Augment(flip=0.5, rotation=5, scale=0.05, shift=0.04)}

#: Smaller batches and a larger rate: of four such settings the best on validation, and the largest rate, for a
#: `greblo-deeper` of half as many filters, 8 epochs each, by `_OURS_SHORT` otherwise.
_OURS_FAST = {**_OURS, "batch_size": 64, "learning_rate": 4e-3}

#: Half that rate for networks without batch norm; which rate suits them best was not searched.
_OURS_PLAIN = {**_OURS_FAST, "learning_rate": 2e-3}

_FULLY_CONNECTED = {
    "epochs": 30,
    "optimizer": "adamw",
    "weight_decay": 3.0,
    "schedule": "cosine",
    "augment": _MIRROR,
}

_HUA = {
    "epochs": 60,
    "batch_size": 32,
    "learning_rate": 1e-4,
    "class_weights": (0.1, 0.3, 0.3, 1.0, 0.3, 0.3, 0.1),  # in the paper's order, which makes happy the heaviest
    "augment": Augment(flip=0.5, rotation=10, scale=0.1, shift=0.1),
}

_RECIPES = (
    # --- Greblo 2025, section 3 and 4 ---------------------------------------------------------------------------------
    # One layer, 30 epochs; the rest is not said.
    Recipe("greblo-fc-paper", "fully-connected", epochs=30, learning_rate=1e-3),
    # Mirroring and the mean image subtracted are Alizadeh & Fazel's, whom the seminar follows. Optimiser, learning
    # rate, weight decay and schedule: the best of 12 settings on validation.
    Recipe("greblo-fc", "fully-connected", learning_rate=1e-4, **_FULLY_CONNECTED),
    # The same with a hidden layer, which the seminar does not try: what more weights gain without a neighbourhood.
    Recipe("greblo-fc-hidden", "fully-connected", options={"hidden": (256,)}, learning_rate=3e-4, **_FULLY_CONNECTED),
    # Learning rate, weight decay and epochs: tables 1 and 2. The optimiser is not said.
    Recipe("greblo-shallow-paper", "greblo-shallow", epochs=120, learning_rate=1e-5, weight_decay=1e-7),
    Recipe("greblo-shallow", "greblo-shallow", epochs=10, **_OURS_SHORT),
    # By one recipe with the five and six layers of Alizadeh & Fazel below: only so can depth be compared.
    Recipe("greblo-deep", "greblo-deep", epochs=12, **_OURS_SHORT),
    Recipe("greblo-deep-paper", "greblo-deep", epochs=100, learning_rate=1e-4, weight_decay=1e-7),
    Recipe("greblo-deeper-paper", "greblo-deeper", epochs=100, learning_rate=1e-4, weight_decay=1e-7),
    # And once more over a longer schedule, again by one recipe: this and `alizadeh-deep`, the network of `greblo-deep`.
    Recipe("greblo-deeper", "greblo-deeper", epochs=20, **_OURS_FAST),
    # --- Alizadeh & Fazel 2017, tables 1 and 2; the optimiser is not said ---------------------------------------------
    Recipe(
        "alizadeh-shallow-paper",
        "alizadeh-shallow",
        epochs=30,
        learning_rate=1e-3,
        weight_decay=1e-6,
        augment=_MIRROR,
    ),
    Recipe("alizadeh-shallow", "alizadeh-shallow", epochs=14, **_OURS_SHORT),
    Recipe(
        "alizadeh-deep-paper",
        "alizadeh-deep",
        epochs=35,
        learning_rate=1e-2,
        weight_decay=1e-7,
        augment=_MIRROR,
    ),
    Recipe("alizadeh-deep", "alizadeh-deep", epochs=20, **_OURS_FAST),
    Recipe("alizadeh-five-conv", "greblo-deeper", epochs=12, **_OURS_SHORT),
    Recipe("alizadeh-six-conv", "alizadeh-six-conv", epochs=12, **_OURS_SHORT),
    Recipe("alizadeh-hybrid-shallow", "alizadeh-hybrid-shallow", epochs=14, **_OURS_SHORT),
    Recipe("alizadeh-hybrid-deep", "alizadeh-hybrid-deep", epochs=12, **_OURS_SHORT),
    # --- Singh & Nasoz 2020, section V: batch size and epochs; the rest is not said -----------------------------------
    Recipe("ieee-six-conv-paper", "ieee-six-conv", epochs=10, batch_size=512, learning_rate=1e-3),
    Recipe("ieee-six-conv", "ieee-six-conv", epochs=30, **_OURS_PLAIN),
    # To see it learn the training faces by heart, as the paper's did: little that holds it back but its dropout.
    Recipe(
        "ieee-six-conv-noaug",
        "ieee-six-conv",
        epochs=16,
        **{**_OURS_PLAIN, "augment": Augment(), "label_smoothing": 0.0},
    ),
    # --- Salimov & Yoo 2021, section V: epochs; the rest is not said --------------------------------------------------
    Recipe("salimov-small-noaug-paper", "salimov-small", epochs=50, learning_rate=1e-3),
    # The running average, which the long run below has not, is worth 1.7 points of validation here.
    Recipe("salimov-small-noaug", "salimov-small", epochs=10, average=0.999, **{**_OURS_PLAIN, "augment": Augment()}),
    Recipe("salimov-small-paper", "salimov-small", epochs=500, learning_rate=1e-3, augment=MOVE),
    Recipe("salimov-small", "salimov-small", epochs=50, **_OURS_PLAIN),
    Recipe("salimov-small-ferplus", "salimov-small", labels="majority", epochs=30, **_OURS_PLAIN),
    # --- Hua 2025, table 1 and section 3; our split is the official one -----------------------------------------------
    Recipe("resnet2025-vanilla-paper", "resnet2025-vanilla", **_HUA),
    Recipe("resnet2025-vanilla", "resnet2025-vanilla", epochs=24, **_OURS_FAST),
    Recipe("resnet2025-residual-paper", "resnet2025-residual", **_HUA),
    Recipe("resnet2025-residual", "resnet2025-residual", epochs=24, **_OURS_FAST),
    Recipe("resnet2025-transfer-paper", "transfer", options={"backbone": "resnet50", "grey": "mean"}, **_HUA),
    # --- The same with the backbone whose weights fit in a package ----------------------------------------------------
    Recipe("transfer-mobilenetv2-frozen", "transfer", epochs=10, **_OURS),
    Recipe("transfer-mobilenetv2-unfrozen", "transfer", epochs=12, stages=(2, 4, 6), **_OURS),
)

#: Every recipe by name.
RECIPES = {recipe.name: recipe for recipe in _RECIPES}


def get_recipe(name):
    """Return the recipe of that name.

    Parameters
    ----------
    name : str
        One of `RECIPES`.

    Returns
    -------
    Recipe

    Raises
    ------
    FerError
        If there is none of that name.

    Examples
    --------
    >>> get_recipe("greblo-fc").epochs
    30
    """
    if name not in RECIPES:
        raise FerError(f"no recipe is called {name!r}; known are: {', '.join(sorted(RECIPES))}")
    return RECIPES[name]
