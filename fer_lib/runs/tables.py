"""Runs and recipes side by side, and runs beside what the papers claim."""

from dataclasses import dataclass

from fer_lib.claims import Claim, claims
from fer_lib.runs.run import Run, list_runs, load_run


@dataclass(frozen=True)
class Reproduction:
    """One line of the claims table: what a paper says, and what our run of its network scored.

    Attributes
    ----------
    name : str
        Name of the run.
    claim : Claim or None
        The paper's test accuracy, if it prints one for this network; else its train accuracy, if it prints that.
    run : Run or None
        Our run, if there is one yet.
    recipe : dict
        `Recipe.to_dict` of the run, or of what the run will be made by.
    """

    name: str
    claim: Claim | None
    run: Run | None
    recipe: dict

    @property
    def verdict(self):
        """What our interval says of the claim (that it lies above, below, or holds it), or why it says nothing."""
        if self.run is None:
            epochs = self.recipe["epochs"]
            return "waits for a GPU" if epochs >= 50 else "not run yet"
        if self.claim is None:
            return "no claim"
        if self.claim.metric == "train_accuracy":
            return f"train {self.run.history[-1]['train_accuracy']:.1%} at the end"
        score = self.run.score()
        if score.low > self.claim.value / 100:
            return "above the claim"
        return "below the claim" if score.high < self.claim.value / 100 else "fits the claim"


def reproductions(recipes):
    """Return one `Reproduction` a recipe, in the order of the recipes.

    Parameters
    ----------
    recipes : dict of str to Recipe
        By name, as `fer_lib.train.RECIPES`.

    Returns
    -------
    list of Reproduction

    Examples
    --------
    >>> from fer_lib.train import RECIPES
    >>> [line.claim.value for line in reproductions(RECIPES) if line.name == "greblo-fc"]
    [35.35]
    """
    done = set(list_runs())
    lines = []
    for name, recipe in recipes.items():
        metrics = ("test_accuracy", "train_accuracy")
        said = [claim for metric in metrics for claim in claims(run=name.removesuffix("-paper"), metric=metric)]
        run = load_run(name) if name in done else None
        lines.append(Reproduction(name, said[0] if said else None, run, run.recipe if run else recipe.to_dict()))
    return lines


def reproductions_table(lines):
    """Return reproductions as a Markdown table: accuracies in percent, a star where a paper scored other faces.

    *Machine* ends with the number format, which a recipe leaves to the clock.

    Parameters
    ----------
    lines : list of Reproduction

    Returns
    -------
    str

    Examples
    --------
    >>> planned = {"epochs": 5, "optimizer": "adam", "learning_rate": 1e-3}
    >>> print(reproductions_table([Reproduction("mine", None, None, planned)]).splitlines()[-1])
    | mine |  |  |  | 5 epochs, adam 0.001 |  |  | not run yet |
    """
    rows = [
        "| run | claimed | test (interval) | clean test | recipe | minutes | machine | verdict |",
        "| --- | ---: | ---: | ---: | --- | ---: | --- | --- |",
    ]
    for line in lines:
        claimed = _claimed(line.claim) if line.claim else ""
        recipe = f"{line.recipe['epochs']} epochs, {line.recipe['optimizer']} {line.recipe['learning_rate']:g}"
        cells = [line.name, claimed, "", "", recipe, "", "", line.verdict]
        if line.run:
            scores = [line.run.score(part) for part in ("test", "test_clean")]
            cells[2:4] = [f"{100 * s.value:.1f} ({100 * s.low:.1f}-{100 * s.high:.1f})" for s in scores]
            cells[5:7] = f"{line.run.seconds / 60:.1f}", _machine(line.run)
        rows.append("| " + " | ".join(cells) + " |")
    return "\n".join(rows)


def runs_table(runs):
    """Return runs as a Markdown table, one row a run, best on test last; those with FER+ labels after all others.

    Parameters
    ----------
    runs : iterable of Run

    Returns
    -------
    str

    Examples
    --------
    >>> runs_table([load_run("greblo-fc")]).splitlines()[-1].startswith("| greblo-fc | 16,135 |")
    True
    """
    rows = [
        "| run | parameters | validation | test | test, clean | trained |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for run in sorted(runs, key=lambda run: (_other_labels(run), run.score().value)):
        trained = f"{run.seconds:,.0f} s on {_machine(run)}"
        scores = " | ".join(str(run.score(part)) for part in ("validation", "test", "test_clean"))
        rows.append(f"| {run.name}{_other_labels(run)} | {run.parameters:,} | {scores} | {trained} |")
    return "\n".join(rows)


def recipes_table(recipes):
    """Return the fields in which recipes differ as a Markdown table, one column a recipe.

    Parameters
    ----------
    recipes : dict of str to dict
        By what stands above the column; each as `Run.recipe` or `Recipe.to_dict`.

    Returns
    -------
    str

    Examples
    --------
    >>> plain = {"epochs": 30, "learning_rate": 1e-4, "augment": {"flip": 0.0}}
    >>> print(recipes_table({"plain": plain, "mirrored": {**plain, "augment": {"flip": 0.5}}}))
    | | plain | mirrored |
    | --- | ---: | ---: |
    | flip | 0 | 0.5 |
    """
    flat = [{**recipe, **recipe["augment"]} for recipe in recipes.values()]
    rows = [f"| | {' | '.join(recipes)} |", "| --- |" + " ---: |" * len(recipes)]
    for field in flat[0]:
        values = [_words(recipe[field]) for recipe in flat]
        if field not in ("name", "augment") and len(set(values)) > 1:
            rows.append(f"| {field.replace('_', ' ')} | {' | '.join(values)} |")
    return "\n".join(rows)


def _words(value):
    """Return the value of a recipe's field as it stands in a table: 1e-05; 2, 4, 6; backbone resnet50."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {_words(one)}" for name, one in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(_words, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _claimed(claim):
    return f"{claim.value:g}" + (" train" if claim.metric == "train_accuracy" else "*" if claim.split else "")


def _machine(run):
    return f"{run.machine['device']}, {run.machine['precision']}"


def _other_labels(run):
    """Return the words that keep a run's scores from being compared with those on FER2013's labels."""
    return "" if run.recipe["labels"] == "fer2013" else f" (FER+ labels, {run.recipe['labels']})"
