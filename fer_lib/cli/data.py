"""``fer-lib data``: fetch, look at, convert and audit the data."""

from pathlib import Path

from fer_lib.cli.arguments import add_source, command


def add_data(commands):
    data = commands.add_parser("data", help="fetch, look at, convert and audit the data")
    actions = data.add_subparsers(required=True, metavar="ACTION")
    fetch = command(actions, "fetch", _fetch, "download FER2013 from Kaggle into the cache folder")
    help = "folders: JPEGs, no account needed; challenge: the exact file, for Kaggle accounts"
    fetch.add_argument("what", nargs="?", choices=["folders", "challenge"], default="folders", help=help)
    info = command(actions, "info", _info, "say what was found, and count it")
    convert = command(actions, "convert", _convert, "write FER2013 in another form")
    convert.add_argument("form", help="csv, icml, npz, parquet, folders or kaggle2019")
    convert.add_argument("out", type=Path, help="folder to write to")
    audit = command(actions, "audit", _audit, "look for copies, conflicting labels and what is not a face")
    audit.add_argument("--out", type=Path, default=Path("data/splits"), help="folder for the clean test list")
    for parser in (info, convert, audit):
        add_source(parser)


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
    else:
        print("nothing written: the lists need the official split and FER+ votes (fer2013new.csv)")
