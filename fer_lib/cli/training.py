"""``fer-lib train | evaluate | reproduce | sweep``."""

import json
import os
import sys
from pathlib import Path

from fer_lib.cli.arguments import add_machine, add_source, command, field, space
from fer_lib.errors import FerError


def add_train(commands):
    parser = command(commands, "train", _train, "train a network by a recipe; the test part stays untouched")
    parser.add_argument("recipe", help="name of a published recipe")
    add_source(parser)
    help = "change a field, e.g. --set epochs=5 --set options.dropout=0.2 --set augment.flip=0.5"
    parser.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE", help=help)
    add_machine(parser)
    parser.add_argument("--checkpoint", type=Path, help="file to save to and to resume from")
    parser.add_argument("--out", type=Path, help="folder for weights.safetensors and history.json")


def _train(options):
    from fer_lib.data import load
    from fer_lib.files import write_whole
    from fer_lib.models import save_weights
    from fer_lib.train import Trainer, get_recipe

    recipe = get_recipe(options.recipe).changed(**dict(map(field, options.set)))
    train, validation, _ = load(options.data, labels=recipe.labels)
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)  # if it cannot be, say so before the hours of training
    machine = {"device": options.device, "compile": options.compile}
    trainer = Trainer(recipe, checkpoint=options.checkpoint, **machine).fit(train, validation)
    if trainer.workers.rank:
        return  # the first process speaks and writes for all
    best = trainer.best
    accuracy = f"{best['validation_accuracy']:.1%} at epoch {best['epoch']}"
    hint = "" if options.out else "; its weights are not kept, --out FOLDER would"
    print(f"{recipe.name}: validation {accuracy} ({trainer.precision}){hint}")
    if options.out:
        network_options = {"classes": len(train.names), **recipe.options}
        save_weights(options.out / "weights.safetensors", trainer.model, recipe.network, network_options)
        with write_whole(options.out / "history.json") as temporary:
            temporary.write_text(json.dumps({"recipe": recipe.to_dict(), "history": trainer.history}, indent=1))
        print(f"written to {options.out}")


def add_evaluate(commands):
    parser = command(commands, "evaluate", _evaluate, "measure a finished run, or weights on a part of the data")
    parser.add_argument("what", help="name or folder of a run, or a .safetensors file")
    add_source(parser)
    parser.set_defaults(data=None)  # so that it can be told whether it was given
    help = "for weights: fer2013, or how FER+ votes became labels (majority, probability, multi-label)"
    parser.add_argument("--labels", help=help)
    parser.add_argument("--split", choices=["train", "validation", "test"], help="for weights; validation by default")


def _evaluate(options):
    from fer_lib.data import load
    from fer_lib.evaluate import measure
    from fer_lib.models import load_model
    from fer_lib.runs import load_run, official_metrics
    from fer_lib.train import predict

    if not options.what.endswith(".safetensors"):
        if options.data or options.labels or options.split:
            raise FerError("--data, --labels and --split are for weights: a run has its own, and shows all its parts")
        run = load_run(options.what)
        metrics = official_metrics(run.validation_logits, run.test_logits, run.recipe["labels"])
        for part, measured in metrics.items():
            _print_measured(part, measured)
        return
    model = load_model(options.what)
    splits = load(options.data or "auto", labels=options.labels or "fer2013")
    split = options.split or "validation"
    faces = getattr(splits, split)
    logits = predict(model, faces)
    _print_measured(f"{split} of {splits.source}", measure(logits, faces.labels, faces.names))


def _print_measured(title, measured):
    from fer_lib.evaluate import Score

    score = Score(measured["accuracy"], measured["low"], measured["high"], measured["n"])
    recalls = ", ".join(f"{name} {share:.0%}" for name, share in measured["recall"].items())
    print(f"{title}: {score}\n  recall: {recalls}\n  expected calibration error: {measured['ece']:.3f}")


def add_reproduce(commands):
    parser = command(commands, "reproduce", _reproduce, "train by recipes, score the test part once, write the runs")
    parser.add_argument("recipes", nargs="*", metavar="RECIPE", help="names of published recipes")
    parser.add_argument(
        "--all",
        action="store_true",
        help="every recipe; skips what is done, resumes what is not, goes on past what fails",
    )
    parser.add_argument("--table", action="store_true", help="train nothing: set the published runs beside the claims")
    add_source(parser)
    add_machine(parser)
    parser.add_argument("--out", type=Path, default=Path("data"), help="folder that gets runs/ and weights/")


def _reproduce(options):
    from fer_lib.claims import claims
    from fer_lib.runs import reproductions, reproductions_table
    from fer_lib.train import RECIPES, get_recipe, load_official, reproduce

    if bool(options.recipes) + options.all + options.table > 1:
        raise FerError("recipes by name, --all or --table: give one of the three")
    if options.table:
        print(reproductions_table(reproductions(RECIPES)))
        print("\n* the paper scored other faces than the official test part")
        return
    done = {file.parent.name for file in options.out.glob("runs/*/run.json")}
    names = [name for name in RECIPES if name not in done] if options.all else options.recipes
    if options.all and not names:
        print("every recipe has its run")
        return
    if not names:
        raise FerError("nothing to train: name a recipe, or give --all or --table")
    if options.all:
        load_official(options.data)  # without it no recipe can be trained: one line, and not one a recipe
    failed = []
    for recipe in [get_recipe(name) for name in names]:
        machine = {"device": options.device, "compile": options.compile}
        try:
            run = reproduce(recipe, source=options.data, folder=options.out, **machine)
        except FerError as error:
            if not options.all:
                raise
            print(f"{recipe.name}: {error}", file=sys.stderr)  # the others can still be trained
            failed.append(recipe.name)
            continue
        if int(os.environ.get("RANK", 0)):
            continue  # under torchrun the first process speaks for all
        for part in run.metrics:
            print(f"{part}: {run.score(part)}")
        for claim in claims(run=run.name.removesuffix("-paper"), metric="test_accuracy"):
            print(f"the paper says {claim.value} %" + (f", on {claim.split}" if claim.split else ""))
        print(f"{run.seconds:.0f} s on {run.machine['device']}; written to {options.out / 'runs' / run.name}")
    if failed:
        raise FerError(f"no run of {', '.join(failed)}, for the reasons above")


def add_sweep(commands):
    parser = command(commands, "sweep", _sweep, "search for good values of a recipe's fields, on validation")
    parser.add_argument("recipe", help="name of a published recipe")
    help = "values to choose from, FIELD=A,B,C, or a range, FIELD=LOW..HIGH; options.NAME is an option of the network"
    parser.add_argument("--space", action="append", default=[], metavar="FIELD=VALUES", required=True, help=help)
    parser.add_argument("--trials", type=int, default=20, help="finished trials in all, other processes' included")
    help = "journal and checkpoints; processes and machines that share it share the work, and it can be continued"
    parser.add_argument("--folder", type=Path, default=Path("sweeps"), help=help)
    parser.add_argument(
        "--set", action="append", default=[], metavar="FIELD=VALUE", help="change a field of all trials"
    )
    add_source(parser)
    add_machine(parser)


def _sweep(options):
    from fer_lib.data import load
    from fer_lib.train import get_recipe, sweep

    recipe = get_recipe(options.recipe).changed(**dict(map(field, options.set)))
    values = dict(map(space, options.space))
    train, validation, _ = load(options.data, labels=recipe.labels)
    machine = {"device": options.device, "compile": options.compile}
    found = sweep(recipe, values, train, validation, trials=options.trials, folder=options.folder, **machine)
    for value, values in found:
        tried = (f"{field}={v:.4g}" if isinstance(v, float) else f"{field}={v}" for field, v in values.items())
        print(f"{value:.1%}  {', '.join(tried)}")
