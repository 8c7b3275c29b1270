"""The command line: ``fer-lib data | train | evaluate | reproduce | bench``. Each command calls one function."""

import argparse
import json
import logging
import sys
import warnings
from pathlib import Path

from fer_lib.errors import FerError


def main(arguments=None):
    """Run one command and return its exit code: 0, or 2 with one line on what was wrong.

    Parameters
    ----------
    arguments : list of str, optional
        Words after ``fer-lib``; by default those of the command line.

    Returns
    -------
    int

    Examples
    --------
    >>> main(["train", "no-such-recipe", "--data", "synthetic"])
    2
    """
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    warnings.formatwarning = lambda message, *_, **__: f"fer-lib: {message}\n"  # one line, not the place in the code
    try:
        options.command(options)
    except (FerError, OSError) as error:  # a full disk or a folder that may not be written to is no bug either
        print(f"fer-lib: {error}", file=sys.stderr)
        return 2
    return 0


def _parser():
    parser = argparse.ArgumentParser(
        prog="fer-lib", description="Facial expression recognition, from the command line."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_data(commands)
    _add_train(commands)
    _add_evaluate(commands)
    _add_reproduce(commands)
    _add_bench(commands)
    return parser


def _command(commands, name, function, help):
    parser = commands.add_parser(name, help=help, description=help)
    parser.set_defaults(command=function)
    return parser


def _add_source(parser):
    help = "a file or folder that holds FER2013 in any form, or 'synthetic'; by default it is looked for"
    parser.add_argument("--data", metavar="SOURCE", default="auto", help=help)


# --- data -------------------------------------------------------------------------------------------------------------


def _add_data(commands):
    data = commands.add_parser("data", help="fetch, look at, convert and audit the data")
    actions = data.add_subparsers(required=True, metavar="ACTION")
    fetch = _command(actions, "fetch", _fetch, "download FER2013 from Kaggle into the cache folder")
    help = "folders: JPEGs, no account needed; challenge: the exact file, for Kaggle accounts"
    fetch.add_argument("what", nargs="?", choices=["folders", "challenge"], default="folders", help=help)
    info = _command(actions, "info", _info, "say what was found, and count it")
    convert = _command(actions, "convert", _convert, "write FER2013 in another form")
    convert.add_argument("form", help="csv, icml, npz, parquet, folders or kaggle2019")
    convert.add_argument("out", type=Path, help="folder to write to")
    audit = _command(actions, "audit", _audit, "look for copies, conflicting labels and what is not a face")
    audit.add_argument("--out", type=Path, default=Path("data/splits"), help="folder for the clean test list")
    for parser in (info, convert, audit):
        _add_source(parser)


def _fetch(options):
    from fer_lib.data.fetch import fetch

    print(fetch(options.what))


def _info(options):
    from fer_lib.data.info import info

    print(info(options.data))


def _convert(options):
    from fer_lib.data.convert import convert

    splits = convert(options.data, options.form, options.out)
    print(f"{splits.source} written as {options.form} to {options.out}")


def _audit(options):
    from fer_lib.data import load
    from fer_lib.data.audit import audit, write_splits

    splits = load(options.data)
    found = audit(splits)
    print(found.table())
    if splits.official and splits.test.votes is not None:
        write_splits(splits, found, options.out)
        print(f"written to {options.out}")


# --- train, evaluate, reproduce ---------------------------------------------------------------------------------------


def _add_train(commands):
    parser = _command(commands, "train", _train, "train a network by a recipe; the test part stays untouched")
    parser.add_argument("recipe", help="name of a published recipe")
    _add_source(parser)
    help = "change a field, e.g. --set epochs=5 --set seed=1"
    parser.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE", help=help)
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or mps")
    parser.add_argument("--checkpoint", type=Path, help="file to save to and to resume from")
    parser.add_argument("--out", type=Path, help="folder for weights.safetensors and history.json")


def _train(options):
    from fer_lib.data import load
    from fer_lib.files import write_whole
    from fer_lib.models import save_weights
    from fer_lib.train import Trainer, get_recipe

    recipe = get_recipe(options.recipe).changed(**dict(map(_field, options.set)))
    train, validation, _ = load(options.data, labels=recipe.labels)
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)  # if it cannot be, say so before the hours of training
    trainer = Trainer(recipe, device=options.device, checkpoint=options.checkpoint).fit(train, validation)
    best = trainer.best
    print(f"{recipe.name}: validation {best['validation_accuracy']:.1%} at epoch {best['epoch']} ({trainer.precision})")
    if options.out:
        network_options = {"classes": len(train.names), **recipe.options}
        save_weights(options.out / "weights.safetensors", trainer.model, recipe.network, network_options)
        with write_whole(options.out / "history.json") as temporary:
            temporary.write_text(json.dumps({"recipe": recipe.to_dict(), "history": trainer.history}, indent=1))
        print(f"written to {options.out}")


def _field(text):
    name, equals, value = text.partition("=")
    if not equals:
        raise FerError(f"--set {text}: expected FIELD=VALUE, e.g. epochs=5")
    try:
        return name, json.loads(value)
    except json.JSONDecodeError:
        return name, value


def _add_evaluate(commands):
    parser = _command(commands, "evaluate", _evaluate, "measure a finished run, or weights on a part of the data")
    parser.add_argument("what", help="name or folder of a run, or a .safetensors file")
    _add_source(parser)
    parser.add_argument("--split", choices=["train", "validation", "test"], default="validation", help="for weights")


def _evaluate(options):
    from fer_lib.data import load
    from fer_lib.evaluate import measure
    from fer_lib.models import load_model
    from fer_lib.runs import load_run, official_metrics
    from fer_lib.train import predict

    if not options.what.endswith(".safetensors"):
        run = load_run(options.what)
        metrics = official_metrics(run.validation_logits, run.test_logits, run.recipe["labels"])
        for part, measured in metrics.items():
            _print_measured(part, measured)
        return
    model = load_model(options.what)
    splits = load(options.data)
    faces = getattr(splits, options.split)
    logits = predict(model, faces)
    _print_measured(f"{options.split} of {splits.source}", measure(logits, faces.labels, faces.names))


def _print_measured(title, measured):
    from fer_lib.evaluate import Score

    score = Score(measured["accuracy"], measured["low"], measured["high"], measured["n"])
    recalls = ", ".join(f"{name} {share:.0%}" for name, share in measured["recall"].items())
    print(f"{title}: {score}\n  recall: {recalls}\n  expected calibration error: {measured['ece']:.3f}")


def _add_reproduce(commands):
    parser = _command(commands, "reproduce", _reproduce, "train by a recipe, score the test part once, write the run")
    parser.add_argument("recipe", help="name of a published recipe")
    _add_source(parser)
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or mps")
    parser.add_argument("--out", type=Path, default=Path("data"), help="folder that gets runs/ and weights/")


def _reproduce(options):
    from fer_lib.claims import claims
    from fer_lib.train import get_recipe, reproduce

    run = reproduce(get_recipe(options.recipe), source=options.data, folder=options.out, device=options.device)
    for part in run.metrics:
        print(f"{part}: {run.score(part)}")
    for claim in claims(run=run.name, metric="test_accuracy"):
        print(f"the paper says {claim.value} %" + (f", on {claim.split}" if claim.split else ""))
    print(f"{run.seconds:.0f} s on {run.machine['device']}; written to {options.out / 'runs' / run.name}")


# --- bench ------------------------------------------------------------------------------------------------------------


def _add_bench(commands):
    bench = commands.add_parser("bench", help="measure speed and memory on this machine")
    what = bench.add_subparsers(required=True, metavar="WHAT")
    forms = _command(what, "forms", _bench_forms, "read FER2013 in each form: seconds first and cached, memory, digest")
    _add_source(forms)


def _bench_forms(options):
    from fer_lib import bench

    print(bench.table(bench.forms(options.data)))


if __name__ == "__main__":
    sys.exit(main())
