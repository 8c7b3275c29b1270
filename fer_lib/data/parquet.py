"""FER2013 as dataset hubs keep it: ``train.parquet``, ``valid.parquet``, ``test.parquet``."""

import io

import numpy as np

from fer_lib.data.faceset import SIZE
from fer_lib.data.pictures import decode, encode
from fer_lib.data.reading import Reading, check_labels
from fer_lib.errors import DataError, require

_FILES = ("train", "valid", "test")


def read(folder):
    """Read the three parts from parquet files.

    Parameters
    ----------
    folder : pathlib.Path
        Holds ``train*.parquet``, ``valid*.parquet`` and ``test*.parquet``, each in one file or several, with the
        columns ``image`` (a struct with the ``bytes`` of a PNG or JPEG) and ``label`` (0 to 6).

    Returns
    -------
    Reading
        All faces, in the order of the files.

    Raises
    ------
    DataError
        If a part or column is missing, a file is damaged, or a picture or label is not as expected.
    MissingExtra
        If pyarrow is not installed.
    """
    images, labels, split = bytearray(), [], []
    for number, name in enumerate(_FILES):
        files = sorted(folder.glob(f"{name}*.parquet"))
        if not files:
            raise DataError(f"{folder}: no {name}.parquet, expected train, valid and test")
        for path in files:
            found = _read_file(path, images)
            labels.append(check_labels(found, path))
            split.append(np.full(len(found), number))
    images = np.frombuffer(images, np.uint8).reshape(-1, SIZE, SIZE)
    return Reading(images, np.concatenate(labels), np.concatenate(split))


def _read_file(path, pixels):
    """Append the pixels of one file to `pixels`, and return its labels."""
    parquet, pyarrow = require("pyarrow.parquet", "data"), require("pyarrow", "data")
    labels = []
    try:
        with parquet.ParquetFile(path) as file:
            columns = file.schema_arrow.names
            for column in ("image", "label"):
                if column not in columns:
                    raise DataError(f"{path}: no column {column} but {', '.join(columns)[:80]}; expected image, label")
            for batch in file.iter_batches(batch_size=1024, columns=["image", "label"]):
                for row, picture in enumerate(batch["image"].to_pylist(), start=len(labels)):
                    where = f"{path} row {row}"
                    pixels += decode(io.BytesIO(_bytes(picture, where)), where).tobytes()
                labels += batch["label"].to_pylist()
    except (pyarrow.ArrowException, OSError) as error:
        if isinstance(error, OSError) and error.errno:
            raise  # it may not be opened: `load` says so
        raise DataError(f"{path}: not a parquet file, or one that is cut short or damaged") from error
    return np.array(labels) if labels else np.empty(0, np.int64)


def _bytes(picture, where):
    if not isinstance(picture, dict) or not isinstance(picture.get("bytes"), bytes):
        raise DataError(f"{where}: the image holds no bytes, expected a struct of bytes and path")
    return picture["bytes"]


def write(splits, folder):
    """Write ``train.parquet``, ``valid.parquet`` and ``test.parquet`` into `folder`, pictures as PNG."""
    pyarrow, parquet = require("pyarrow", "data"), require("pyarrow.parquet", "data")
    for part, name in zip(splits, _FILES, strict=True):
        pictures = [{"bytes": encode(image), "path": f"{row}.png"} for row, image in enumerate(part.images)]
        parquet.write_table(pyarrow.table({"image": pictures, "label": part.labels}), folder / f"{name}.parquet")
