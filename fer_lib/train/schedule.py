"""Learning-rate schedules as pure functions of what is done, so that a run resumed anywhere knows its rate."""

import math

#: ``plateau``: after so many epochs without a better validation accuracy, the rate is multiplied by the factor.
PLATEAU_EPOCHS, PLATEAU_FACTOR = 5, 0.5


def learning_rate(recipe, progress, history=()):
    """Return the learning rate at some point of a run.

    Parameters
    ----------
    recipe : Recipe
        `schedule`, `warmup` and `learning_rate` are used.
    progress : float
        Share of all steps that are done, 0 to 1.
    history : sequence of dict
        The epochs that are finished, as in `Trainer.history`; only ``plateau`` looks at it.

    Returns
    -------
    float

    Notes
    -----
    ``step``: divided by 10 after half and after three quarters, as in He et al. 2016, section 4.2. ``plateau``: halved
    after 5 epochs without a better validation accuracy. ``cosine``: Loshchilov & Hutter 2017, section 3, down to 0.
    ``one-cycle``: Smith & Topin 2018, section 3, up in the first quarter and down to 0, in straight lines. Warm-up:
    Goyal et al. 2017, section 2.2.

    Examples
    --------
    >>> from fer_lib.train import Recipe
    >>> recipe = Recipe("mine", "fully-connected", schedule="one-cycle", learning_rate=0.1)
    >>> [round(learning_rate(recipe, progress), 3) for progress in (0, 0.125, 0.25, 1)]
    [0.0, 0.05, 0.1, 0.0]
    """
    shape = {
        "constant": lambda p: 1.0,
        "step": lambda p: 1.0 if p < 0.5 else 0.1 if p < 0.75 else 0.01,
        "plateau": lambda p: PLATEAU_FACTOR ** plateaus(history),
        "cosine": lambda p: (1 + math.cos(math.pi * p)) / 2,
        "one-cycle": lambda p: min(4 * p, (1 - p) * 4 / 3),
    }[recipe.schedule]
    rising = min(1.0, progress / recipe.warmup) if recipe.warmup else 1.0
    return recipe.learning_rate * rising * shape(progress)


def plateaus(history):
    """Return how often the validation accuracy stood still for `PLATEAU_EPOCHS` epochs.

    Examples
    --------
    >>> plateaus([{"validation_accuracy": 0.5}] * 11)
    2
    """
    best, waited, count = -math.inf, 0, 0
    for entry in history:
        if entry["validation_accuracy"] > best:
            best, waited = entry["validation_accuracy"], 0
        else:
            waited += 1
        if waited == PLATEAU_EPOCHS:
            waited, count = 0, count + 1
    return count
