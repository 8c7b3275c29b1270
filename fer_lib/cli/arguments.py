"""What several commands take, and how words on the command line become values."""

import json
from contextlib import suppress

from fer_lib.errors import FerError


def command(commands, name, function, help):
    parser = commands.add_parser(name, help=help, description=help)
    parser.set_defaults(command=function)
    return parser


def add_source(parser):
    help = "a file or folder that holds FER2013 in any form, or 'synthetic'; by default it is looked for"
    parser.add_argument("--data", metavar="SOURCE", default="auto", help=help)


def add_machine(parser):
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or mps")
    help = "let torch.compile fuse the operations of a step; `fer-lib bench train --compile` says whether it pays here"
    parser.add_argument("--compile", action="store_true", help=help)


def field(text):
    """Return name and value of ``FIELD=VALUE``; a value that is neither JSON nor a number is a word."""
    name, equals, value = text.partition("=")
    if not equals:
        raise FerError(f"--set {text}: expected FIELD=VALUE, e.g. epochs=5")
    return name, _value(value)


def space(text):
    """Return name and values of ``FIELD=A,B,C``, a list, or of ``FIELD=LOW..HIGH``, a pair."""
    name, equals, values = text.partition("=")
    if not equals:
        raise FerError(f"--space {text}: expected FIELD=A,B,C or FIELD=LOW..HIGH")
    if ".." in values:
        ends = tuple(map(_value, values.split("..")))
        if len(ends) != 2 or not all(type(end) in (int, float) for end in ends):
            raise FerError(f"--space {text}: expected two numbers, {name}=LOW..HIGH")
        return name, ends
    return name, list(map(_value, values.split(",")))


def _value(text):
    for read in (json.loads, float):  # JSON has no .001, Python has
        with suppress(ValueError):
            return read(text)
    return text
