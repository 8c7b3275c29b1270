"""FER2013 as text: ``fer2013.csv`` of the 2013 challenge, and ``icml_face_data.csv``, the same re-packed.

The two differ in the order of the columns and in spaces in the header; one reader takes both.
"""

import csv

import numpy as np

from fer_lib.data.faceset import SIZE
from fer_lib.data.reading import USAGES, Reading
from fer_lib.errors import DataError
from fer_lib.labels import EMOTIONS

# Looking a text up is faster than parsing it, and stricter: no sign, no padding, nothing out of range.
_PIXEL = {str(value): value for value in range(256)}
_LABEL = {str(number): number for number in range(len(EMOTIONS))}
_SPLIT = {usage: number for number, usage in enumerate(USAGES)}


def read(path):
    """Read ``fer2013.csv`` or ``icml_face_data.csv``, line by line.

    Parameters
    ----------
    path : pathlib.Path
        A csv with the columns emotion (0 to 6), pixels (2,304 numbers from 0 to 255, row by row) and Usage
        (Training, PublicTest or PrivateTest).

    Returns
    -------
    Reading
        All faces, in the order of the file.

    Raises
    ------
    DataError
        If a column is missing, or a line holds anything but what is expected; names the line as an editor counts it.
    """
    pixels, labels, split = bytearray(), [], []
    with open(path, newline="", encoding="utf-8-sig") as file:
        lines = csv.reader(file)
        try:
            columns = _columns(next(lines, []), path)
            for line in filter(None, lines):
                where = f"{path} line {lines.line_num}"
                if len(line) <= max(columns):
                    raise DataError(f"{where}: {len(line)} fields, expected {max(columns) + 1}: is the file cut short?")
                label, face, usage = (line[column].strip() for column in columns)
                labels.append(_look_up(_LABEL, label, where, "emotion", "0 to 6"))
                split.append(_look_up(_SPLIT, usage, where, "Usage", "Training, PublicTest or PrivateTest"))
                pixels += _face(face.split(), where)
        except (csv.Error, UnicodeDecodeError) as error:
            raise DataError(f"{path}, after line {lines.line_num}: not text in csv form ({error})") from error
    images = np.frombuffer(pixels, np.uint8).reshape(-1, SIZE, SIZE)
    return Reading(images, np.array(labels, np.int64), np.array(split, np.int64))


def _columns(header, path):
    """Return where label, pixels and usage stand in a line."""
    names = [name.strip() for name in header]
    try:
        return tuple(names.index(name) for name in ("emotion", "pixels", "Usage"))
    except ValueError:
        found = ", ".join(names)[:80] or "nothing"
        raise DataError(f"{path} line 1: columns {found}; expected emotion, pixels, Usage") from None


def _look_up(table, text, where, what, expected):
    try:
        return table[text]
    except KeyError:
        raise DataError(f"{where}: {what} {text[:20]!r}, expected {expected}") from None


def _face(texts, where):
    if len(texts) != SIZE * SIZE:
        raise DataError(f"{where}: {len(texts):,} pixels, expected {SIZE * SIZE:,}")
    try:
        return bytes(map(_PIXEL.__getitem__, texts))
    except KeyError as error:
        raise DataError(f"{where}: pixel {error.args[0][:20]!r}, expected a whole number from 0 to 255") from None


def write(splits, folder):
    """Write ``fer2013.csv`` into `folder`: columns emotion, pixels, Usage."""
    _write(splits, folder / "fer2013.csv", ["emotion", "pixels", "Usage"], lambda *row: row)


def write_icml(splits, folder):
    """Write ``icml_face_data.csv`` into `folder`: columns emotion, Usage, pixels, with its leading spaces."""
    header = ["emotion", " Usage", " pixels"]
    _write(splits, folder / "icml_face_data.csv", header, lambda label, pixels, usage: (label, usage, pixels))


def _write(splits, path, header, arrange):
    with open(path, "w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(header)
        for part, usage in zip(splits, USAGES, strict=True):
            for image, label in zip(part.images, part.labels, strict=True):
                lines.writerow(arrange(label, " ".join(map(str, image.ravel().tolist())), usage))
