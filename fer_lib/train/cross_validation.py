"""Cross-validation: how a recipe does on faces it was not trained on, without touching validation or test."""

import numpy as np

from fer_lib.errors import FerError
from fer_lib.evaluate import wilson
from fer_lib.train.trainer import Trainer


def folds(labels, count, seed=0):
    """Split rows into parts that hold the same share of each label.

    Parameters
    ----------
    labels : numpy.ndarray of int64, shape [N]
    count : int
        How many parts.
    seed : int
        Of the order in which the rows of a label are dealt out.

    Returns
    -------
    numpy.ndarray of int64, shape [N]
        The number of each row's part, from 0.

    Examples
    --------
    >>> folds(np.array([0, 0, 0, 1, 1, 1]), 3).tolist()
    [1, 2, 0, 2, 1, 0]
    """
    dice = np.random.default_rng(seed)
    part = np.empty(len(labels), np.int64)
    dealt = 0  # go on dealing where the label before stopped, so that the parts are equally large
    for label in np.unique(labels):
        rows = dice.permutation(np.flatnonzero(labels == label))
        part[rows] = (dealt + np.arange(len(rows))) % count
        dealt += len(rows)
    return part


def cross_validate(recipe, train, *, count=5, progress=False, **machine):
    """Train once a fold on all other folds, and score the fold.

    The score is that of the last epoch, and patience is switched off: either would be chosen on the very faces that
    are scored. (A ``plateau`` schedule still looks at them.) Equal images lie in one fold.

    Parameters
    ----------
    recipe : Recipe
    train : FaceSet
        The training part alone.
    count : int
        Folds.
    progress : bool
        Whether to show progress bars.
    **machine
        ``device`` and ``compile``, as for `Trainer`.

    Returns
    -------
    list of Score
        The accuracy on each fold.

    Raises
    ------
    FerError
        If `count` is below 2 or above the number of faces, or as `Trainer.fit` does.

    Examples
    --------
    >>> from fer_lib.data import load
    >>> from fer_lib.train import Recipe
    >>> len(cross_validate(Recipe("mine", "fully-connected", epochs=1), load("synthetic", n=300).train, count=3))
    3
    """
    if not 2 <= count <= len(train):
        raise FerError(f"count is {count}, expected 2 to {len(train)} folds")
    recipe = recipe.changed(patience=0)
    first = {}  # of equal images, the first row: copies go into one fold, or a network is scored on what it has seen
    twins = [first.setdefault(image.tobytes(), row) for row, image in enumerate(train.images)]
    part = folds(train.labels, count, recipe.seed)[twins]
    scores = []
    for number in range(count):
        rest, fold = train[part != number], train[part == number]
        last = Trainer(recipe, progress=progress, **machine).fit(rest, fold).history[-1]
        scores.append(wilson(round(last["validation_accuracy"] * len(fold)), len(fold)))
    return scores
