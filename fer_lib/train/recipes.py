"""The recipes of the runs in ``data/runs``: what a paper says, and, where it is silent, what validation chose."""

from fer_lib.augment import Augment
from fer_lib.errors import FerError
from fer_lib.train.recipe import Recipe

_RECIPES = (
    # Greblo 2025, section 3: one layer, 30 epochs; the rest is not said. Mirroring and the mean image subtracted are
    # Alizadeh & Fazel's, whom the seminar follows. Optimiser, learning rate, weight decay and schedule: the best of
    # 12 settings on validation.
    Recipe(
        "greblo-fc",
        "fully-connected",
        epochs=30,
        optimizer="adamw",
        learning_rate=1e-4,
        weight_decay=3.0,
        schedule="cosine",
        augment=Augment(flip=0.5),
    ),
)

#: Every recipe by name.
RECIPES = {recipe.name: recipe for recipe in _RECIPES}


def get_recipe(name):
    """Return the recipe of that name.

    Parameters
    ----------
    name : str
        One of `RECIPES`.

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
