"""Learning-rate schedules as pure functions of the step, so that a run resumed anywhere knows its rate."""

import math


def learning_rate(recipe, progress):
    """Return the learning rate at some point of a run.

    Parameters
    ----------
    recipe : Recipe
        `schedule` and `learning_rate` are used.
    progress : float
        Share of all steps that are done, 0 to 1.

    Returns
    -------
    float

    Notes
    -----
    ``cosine``: Loshchilov & Hutter 2017, section 3. ``one-cycle``: Smith & Topin 2018, section 3, with straight lines.

    Examples
    --------
    >>> from fer_lib.train import Recipe
    >>> recipe = Recipe("mine", "fully-connected", schedule="one-cycle", learning_rate=0.1)
    >>> [round(learning_rate(recipe, progress), 3) for progress in (0, 0.125, 0.25, 1)]
    [0.0, 0.05, 0.1, 0.0]
    """
    shape = {
        "constant": lambda p: 1.0,
        "cosine": lambda p: (1 + math.cos(math.pi * p)) / 2,
        "one-cycle": lambda p: min(4 * p, (1 - p) * 4 / 3),
    }[recipe.schedule]
    return recipe.learning_rate * shape(progress)
