"""`sweep`: search for good values of some fields of a recipe, in one process or many, on one machine or many.

Optuna proposes, and keeps its journal in one file that all processes share (``JournalStorage``, safe on network file
systems). Each trial holds a lock while it is trained and has a checkpoint of its own. So a sweep can be stopped at any
moment and started again: what was finished counts, what was under way is taken up where it stopped.
"""

import json
import os
from pathlib import Path

from filelock import FileLock, Timeout

from fer_lib.errors import CheckpointError, Diverged, FerError, require
from fer_lib.train.trainer import Trainer


def sweep(recipe, space, train, validation, *, trials, folder, progress=False, **machine):
    """Train with different values of some fields, and return what was tried, the best first.

    Parameters
    ----------
    recipe : Recipe
        What all trials share.
    space : dict
        For each field to change, a list of choices, or a tuple (low, high) of numbers between which, on a logarithmic
        scale, values are drawn. ``"options.dropout"`` is the option ``dropout`` of the network.
    train, validation : FaceSet
        A trial's value is its best validation accuracy.
    trials : int
        How many finished trials there shall be, those of earlier calls and other processes included.
    folder : str or pathlib.Path
        Gets journal, locks and checkpoints. The same folder, recipe and data continue a sweep.
    progress : bool
        Whether to show progress bars.
    **machine
        ``device`` and ``compile``, as for `Trainer`.

    Returns
    -------
    list of (float, dict)
        Validation accuracy and values of each finished trial; 0 for values whose loss stopped being a number.

    Raises
    ------
    FerError
        If a field does not exist or cannot hold one of its values, its space is neither a list nor a pair, the folder
        holds a sweep of other choices, or ``torchrun`` started this process. A trial whose training fails counts as
        failed, and the sweep ends with its error.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from fer_lib.data import load
    >>> from fer_lib.train import Recipe
    >>> train, validation, _ = load("synthetic", n=200)
    >>> recipe, space = Recipe("mine", "fully-connected", epochs=1), {"learning_rate": (1e-4, 1e-2)}
    >>> with TemporaryDirectory() as folder:
    ...     len(sweep(recipe, space, train, validation, trials=2, folder=folder))
    2
    """
    if int(os.environ.get("WORLD_SIZE", 1)) > 1:
        raise FerError("a sweep shares its trials, not one trial: start it several times, without torchrun")
    optuna = require("optuna", "sweep")
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    space = {field: _as_journal(values) for field, values in space.items()}
    _check(recipe, space)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    file, journals = str(folder / f"{recipe.name}.journal"), optuna.storages.journal
    journal = journals.JournalFileBackend(file, lock_obj=journals.JournalFileOpenLock(file))  # no symlink: Windows
    data = f"{train.digest()}-{validation.digest()}"
    study = optuna.create_study(
        study_name=f"{recipe.name}-{recipe.fingerprint()}-{data}",  # another recipe or other data: another search
        storage=optuna.storages.JournalStorage(journal),
        direction="maximize",
        load_if_exists=True,
    )
    while (begun := _begin(study, folder, trials)) is not None:
        trial, lock = begun
        with lock:
            try:
                values = {field: _suggest(trial, field, choices) for field, choices in space.items()}
            except ValueError as error:  # Optuna lets ranges change within a sweep, but not choices
                study.tell(trial, state=_fail())
                raise FerError(f"{folder}: holds a sweep of other choices ({error}): name another folder") from error
            tried = recipe.changed(**values)
            checkpoint = folder / f"{tried.fingerprint()}-{data}.pt"
            trainer = Trainer(tried, checkpoint=checkpoint, progress=progress, **machine)
            with FileLock(checkpoint.with_suffix(".twin.lock")):  # another process may be at the very same values
                value = _known(study, trial)
                try:
                    study.tell(trial, _train(trainer, train, validation) if value is None else value)
                except CheckpointError:  # no fault of the values: the next call takes this trial up again
                    raise
                except FerError:  # these values cannot be trained: the next call shall not begin with them
                    study.tell(trial, state=_fail())
                    raise
                trainer.forget()
    finished = [trial for trial in study.trials if trial.state.name == "COMPLETE"]
    return sorted(((trial.value, trial.params) for trial in finished), key=lambda pair: -pair[0])


def _known(study, trial):
    """Return what an earlier trial of the same values scored, None if there is none: it would score the same again."""
    twins = (other for other in study.trials if other.state.name == "COMPLETE" and other.params == trial.params)
    return next((twin.value for twin in twins), None)


def _train(trainer, train, validation):
    """Return the best validation accuracy; 0 for values that do not train, so that Optuna keeps away from them."""
    try:
        return trainer.fit(train, validation).best["validation_accuracy"]
    except Diverged:
        return 0.0


def _check(recipe, space):
    for field, values in space.items():
        pair = isinstance(values, tuple) and len(values) == 2 and 0 < values[0] < values[1]
        if not pair and not (isinstance(values, list) and values):
            raise FerError(f"the space of {field} is {values!r}, expected a list of choices or (low, high) above 0")
    first = {field: values[0] for field, values in space.items()}
    for field, values in space.items():
        for value in values:
            recipe.changed(**{**first, field: value})


def _as_journal(values):
    """Return choices as the journal gives them back, with lists for tuples; Optuna compares them with its own."""
    return json.loads(json.dumps(values)) if isinstance(values, list) else values


def _suggest(trial, field, values):
    if isinstance(values, list):
        return trial.suggest_categorical(field, values)
    if all(isinstance(value, int) for value in values):
        return trial.suggest_int(field, *values, log=True)
    return trial.suggest_float(field, *values, log=True)


def _begin(study, folder, trials):
    """Return the next trial with its lock held, None if there are enough. One process at a time may look."""
    with FileLock(folder / f"{study.study_name}.lock"):
        _give_up_abandoned(study, folder)
        if _count(study, "COMPLETE") + _count(study, "RUNNING") >= trials:
            return None
        trial = study.ask()
        return trial, FileLock(_lock(study, folder, trial.number)).acquire()


def _give_up_abandoned(study, folder):
    """Fail trials that nobody holds the lock of, and line up the same values again: their checkpoint is there."""
    for trial in study.trials:
        if trial.state.name != "RUNNING":
            continue
        try:
            with FileLock(_lock(study, folder, trial.number)).acquire(timeout=0):
                study.tell(trial.number, state=_fail())
                if trial.params:
                    study.enqueue_trial(trial.params)
        except Timeout:
            pass  # another process is training it


def _fail():
    return require("optuna", "sweep").trial.TrialState.FAIL


def _count(study, state):
    return sum(trial.state.name == state for trial in study.trials)


def _lock(study, folder, number):
    return folder / f"{study.study_name}-{number}.lock"
