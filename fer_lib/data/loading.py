"""`load`: one call for every form of FER2013, with the labels of FER2013 or of FER+."""

import logging
import warnings
from dataclasses import replace

from fer_lib.data import cache
from fer_lib.data.faceset import SPLITS
from fer_lib.data.ferplus import MODES, ferplus_targets
from fer_lib.data.find import find, find_beside, find_reference, places
from fer_lib.data.reading import open_reading
from fer_lib.data.recover import recover
from fer_lib.data.votes import VOTES_FILE, read_votes
from fer_lib.errors import DataError
from fer_lib.labels import FERPLUS_EMOTIONS

_LOG = logging.getLogger(__name__)


def load(source="auto", *, labels="fer2013", n=5000, seed=0):
    """Load faces with their emotion labels, in the three parts of the official split.

    The first read of a file or folder writes a cache; after that the data opens in under a second, memory-mapped.

    Parameters
    ----------
    source : str or pathlib.Path
        ``"auto"`` takes what ``$FER_DATA`` names, and where that is not set looks in ``./data/fer2013`` and the cache
        folder. ``"synthetic"`` draws faces and needs no data. Anything else is a file or folder:
        `fer_lib.data.forms.FORMS` lists the forms.
    labels : {"fer2013", "majority", "probability", "multi-label"}
        ``"fer2013"``: the 7 labels as published. The others: the 8 labels of FER+ from the votes in
        ``fer2013new.csv``, by the rules of `fer_lib.data.ferplus.ferplus_targets`. They leave out faces that the
        taggers did not agree on; `FaceSet.rows` leads back to the official rows.
    n : int
        Synthetic faces only: how many.
    seed : int
        Synthetic faces only: where the dice start.

    Returns
    -------
    FaceSplits
        ``train, validation, test``. The parts carry `votes` if the data is official and ``fer2013new.csv`` lies beside
        it or in a searched place.

    Raises
    ------
    DataError
        If there is no data, or it is not what it should be. One line that names file, row and what was expected.
    MissingExtra
        If pyarrow is not installed, and the data, or what its lost split can be recovered from, is parquet.

    Warns
    -----
    UserWarning
        If scores on this data do not compare with published ones (a split lost, faces missing), or the cache cannot be
        written.

    Examples
    --------
    >>> train, validation, test = load("synthetic", n=50)
    >>> len(train) + len(validation) + len(test)
    50
    """
    if labels not in ("fer2013", *MODES):
        raise DataError(f"labels {labels!r}, expected fer2013, {', '.join(MODES)}")
    if source == "synthetic":
        if labels != "fer2013":
            raise DataError(f"synthetic faces have no FER+ votes: labels {labels!r}, expected fer2013")
        from fer_lib.data.synthetic import load_synthetic  # draws with PyTorch, which no reader needs

        return load_synthetic(n=n, seed=seed)
    found = find(source)
    opened = open_source(found)
    votes_file = find_beside(found, VOTES_FILE)
    if labels == "fer2013":
        return with_votes(opened, votes_file) if votes_file and opened.splits.official else opened.splits
    if votes_file is None:
        looked = f"beside {found.path}, nor in {', '.join(map(str, places()))}"
        raise DataError(f"labels {labels!r} need FER+ votes: no {VOTES_FILE} {looked}")
    return _relabel(with_votes(opened, votes_file), labels)


def open_source(source):
    """Open data from its cache, or else read it and write the cache.

    Parameters
    ----------
    source : Source
        What to open; its split and order are recovered if they are lost and an exact form is at hand.

    Returns
    -------
    Opened
        The parts, labels as published.

    Raises
    ------
    DataError
        If the data is unreadable or not what it should be.
    MissingExtra
        As in `load`.
    """
    reference = None if source.form.exact else find_reference(source)
    file = cache.cache_file(source.path)
    try:
        state = cache.state_of([*source.files(), *(reference.files() if reference else [])])
        opened = cache.recall(file, state)
        if opened is None:
            opened = open_reading(_read(source, reference), str(source), source.path)
            opened = _through_cache(file, opened, state)
    except OSError as error:
        raise DataError(f"{error.filename or source.path}: cannot be read ({error.strerror or error})") from error
    if opened.notice:
        warnings.warn(opened.notice, stacklevel=3)
    return opened


def _read(source, reference):
    reading = source.form.read(source.path)
    if reading.in_order or reference is None:
        return reading
    try:
        recovered, lost = recover(reading, open_source(reference).splits)
        reason = f"{lost:,} of its {len(reading.labels):,} faces are not in {reference.path}"
    except DataError as error:  # what lies beside the data, under a familiar name, need not be FER2013
        recovered, reason = None, error
    if recovered is None:
        return replace(reading, notice=f"{reading.notice} ({reason})")
    _LOG.info("%s: split and order recovered from %s", source.path, reference.path)
    return recovered


def _through_cache(file, opened, state):
    """Store what was read and return it memory-mapped; where that cannot be, return it as it is."""
    try:
        cache.store(file, opened, state)
    except OSError as error:
        reason = error.strerror or error
        warnings.warn(f"{file.parent}: no cache written ({reason}), the data is read anew each time", stacklevel=4)
        return opened
    return cache.recall(file, state) or opened


def with_votes(opened, path):
    """Attach FER+ votes to data in official order.

    Parameters
    ----------
    opened : Opened
        The data.
    path : pathlib.Path
        ``fer2013new.csv``.

    Returns
    -------
    FaceSplits
        The same parts, each with its votes.

    Raises
    ------
    DataError
        If the order is not official, a part has another number of faces than of votes, or the file cannot be read.
    """
    if not opened.in_order:
        raise DataError(f"{path}: FER+ votes fit the official order only, which {opened.splits.source} has lost")
    try:
        votes = read_votes(path)
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror or error})") from error
    for part in opened.splits:
        if len(votes[part.split]) != len(part):
            raise DataError(
                f"{path}: {len(votes[part.split]):,} {part.split} rows, expected {len(part):,} as in the data"
            )
    return _rebuild(opened.splits, (replace(part, votes=votes[part.split]) for part in opened.splits))


def _relabel(splits, mode):
    """Return the faces that FER+ labels, with its labels in place of FER2013's."""
    parts = []
    for part in splits:
        targets, labels = ferplus_targets(part.votes, mode)
        kept = labels >= 0
        parts.append(replace(part[kept], labels=labels[kept], targets=targets[kept], names=FERPLUS_EMOTIONS))
    return _rebuild(splits, parts, source=f"{splits.source}, FER+ {mode}")


def _rebuild(splits, parts, **changes):
    return replace(splits, **dict(zip(SPLITS, parts, strict=True)), **changes)
