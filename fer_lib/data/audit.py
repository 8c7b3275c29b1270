"""`audit`: look for what would flatter or mislead a network: copies, conflicting labels, blanks, what is not a face.

Copies between train and test let a network score by remembering: Barz & Denzler 2020, "Do we train on test data?".
Two images are *near copies* if their thumbnails, averaged to 24x24, correlate by `NEAR` or more, one of them perhaps
mirrored. The threshold was set by looking at 188 pairs of FER2013, a test face and its best match: of those from 0.92
up, 140 of 146 show the same photograph, cropped or compressed again; from 0.90 to 0.92, 29 of 42. A clean list that
misses a copy misleads, one that drops a look-alike only gets shorter, so the threshold is the low one.
"""

import json
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from fer_lib.files import write_whole
from fer_lib.labels import EMOTIONS, FERPLUS_TO_FER2013, FERPLUS_VOTES

#: Correlation of thumbnails from which on two images count as near copies.
NEAR = 0.90


@dataclass(frozen=True)
class Audit:
    """What an audit found. Every field is plain numbers, strings, lists and dicts.

    Attributes
    ----------
    digest : str
        Of the data: `FaceSplits.digest`.
    counts : dict
        For each part, faces by label.
    unique : int
        Different images, of all there are.
    groups : int
        Sets of two or more equal images.
    copies : dict
        Exact copies: ``validation_in_train``, ``test_in_train``, ``test_in_validation``, ``test_in_either``, counting
        faces of the first part.
    conflicts : dict
        Equal images with different labels: ``groups``, ``images``.
    near : dict
        Near copies, exact ones included: ``threshold``, ``validation_in_train``, ``test_in_either``, and
        ``test_mirrored``, those that are near copies in the mirror only.
    constant : dict
        For each part, images of a single grey value.
    votes : dict or None
        From FER+ votes, where there are any: ``not_a_face``, images that all taggers marked so; ``tagger_agreement``,
        how often two taggers give a test face the same label; ``label_agreement`` and ``label_agreement_by_label``, how
        often the most frequent vote for a test face is its label.
    clean : list of int
        Rows of test faces without exact or near copy in train or validation.

    Examples
    --------
    >>> from fer_lib.data import load
    >>> audit(load("synthetic", n=100)).copies["test_in_train"]
    0
    """

    digest: str
    counts: dict
    unique: int
    groups: int
    copies: dict
    conflicts: dict
    near: dict
    constant: dict
    votes: dict | None
    clean: list

    def table(self):
        """Return the findings as text, one a line."""
        parts = {part: sum(by_label.values()) for part, by_label in self.counts.items()}
        images, tested = sum(parts.values()), parts["test"]
        train = self.counts["train"]
        most, least = max(train, key=train.get), min(train, key=train.get)
        lines = [
            ("images", " + ".join(f"{n:,} {part}" for part, n in parts.items()) + f" = {images:,}"),
            ("most and least frequent label", f"{most} {train[most]:,}, {least} {train[least]:,} in train"),
            ("different images", f"{self.unique:,}; {self.groups:,} groups of equal ones"),
            ("equal images, different labels", f"{self.conflicts['groups']} groups, {self.conflicts['images']} images"),
            ("validation faces copied in train", f"{self.copies['validation_in_train']:,}"),
            ("test faces copied in train", _of(self.copies["test_in_train"], tested)),
            ("test faces copied in train or validation", _of(self.copies["test_in_either"], tested)),
            (f"  near copies (correlation {self.near['threshold']:.2f})", _of(self.near["test_in_either"], tested)),
            ("  near copies in the mirror only", f"{self.near['test_mirrored']}"),
            ("clean test faces", _of(len(self.clean), tested)),
            ("images of one grey value", ", ".join(f"{n} {part}" for part, n in self.constant.items())),
        ]
        if self.votes:
            by_label = self.votes["label_agreement_by_label"]
            lines += [
                ("not a face, say all taggers", f"{self.votes['not_a_face']} images"),
                ("two taggers agree on a test face", f"{self.votes['tagger_agreement']:.1%}"),
                ("most frequent vote = label, test", f"{self.votes['label_agreement']:.1%}"),
                ("  by label", ", ".join(f"{name} {share:.0%}" for name, share in by_label.items())),
            ]
        width = max(len(name) for name, _ in lines)
        return "\n".join(f"{name:<{width}}  {text}" for name, text in lines)


def audit(splits):
    """Look for copies, conflicting labels, blanks and what is not a face.

    Parameters
    ----------
    splits : FaceSplits
        With FER2013 labels.

    Returns
    -------
    Audit
    """
    test = splits.test
    copies, groups, conflicts, copied = _exact_copies(splits)
    fingerprints = {part.split: thumbnails(part.images) for part in splits}
    either = np.concatenate([fingerprints["train"], fingerprints["validation"]])
    # A blank image has no thumbnail to match, but may be an exact copy.
    near = copied["test"] | (best_match(fingerprints["test"], either) >= NEAR)
    near_validation = copied["validation"] | (best_match(fingerprints["validation"], fingerprints["train"]) >= NEAR)
    mirrored = best_match(thumbnails(test.images[:, :, ::-1]), either) >= NEAR
    return Audit(
        digest=splits.digest(),
        counts={p.split: dict(zip(p.names, p.counts().tolist(), strict=True)) for p in splits},
        unique=sum(len(p) for p in splits) - sum(n - 1 for n in groups),
        groups=len(groups),
        copies=copies,
        conflicts=conflicts,
        near={
            "threshold": NEAR,
            "validation_in_train": int(near_validation.sum()),
            "test_in_either": int(near.sum()),
            "test_mirrored": int((mirrored & ~near).sum()),
        },
        constant={p.split: int((p.images.max((1, 2)) == p.images.min((1, 2))).sum()) for p in splits},
        votes=None if test.votes is None else _votes(splits),
        clean=np.flatnonzero(~near & ~mirrored).tolist(),
    )


def thumbnails(images):
    """Shrink images to 24x24, and shift and scale each to mean 0 and length 1, so that products are correlations.

    Parameters
    ----------
    images : numpy.ndarray of uint8, shape [N, 48, 48]

    Returns
    -------
    numpy.ndarray of float32, shape [N, 576]
        A row of zeros for an image of a single grey value, which correlates with nothing.

    Examples
    --------
    >>> image = np.arange(48 * 48).reshape(1, 48, 48) % 251
    >>> pair = thumbnails(np.concatenate([image, image // 2 + 40]).astype(np.uint8))
    >>> bool(pair[0] @ pair[1] > 0.999)
    True
    """
    small = images.reshape(-1, 24, 2, 24, 2).mean((2, 4), dtype=np.float32).reshape(len(images), -1)
    small -= small.mean(1, keepdims=True)
    length = np.linalg.norm(small, axis=1, keepdims=True)
    return np.divide(small, length, out=np.zeros_like(small), where=length > 1e-3)


def best_match(some, others, chunk=256):
    """Return for each thumbnail its largest correlation with any of the others: float32 [N], -1 to 1."""
    rows = range(0, len(some), chunk)
    return np.concatenate([(some[start : start + chunk] @ others.T).max(1) for start in rows])


def write_splits(splits, found, folder):
    """Write what is published of FER2013: labels and votes of validation and test, the clean list, the findings.

    Parameters
    ----------
    splits : FaceSplits
        The official parts, with votes.
    found : Audit
    folder : str or pathlib.Path
        Gets ``validation.csv``, ``test.csv``, ``test_clean.txt`` and ``audit.json``. No image is written.
    """
    folder = Path(folder)
    header = ",".join(("row", "label", *FERPLUS_VOTES))
    for part in (splits.validation, splits.test):
        with write_whole(folder / f"{part.split}.csv") as temporary:
            columns = np.column_stack([part.rows, part.labels, part.votes])
            np.savetxt(temporary, columns, fmt="%d", delimiter=",", header=header, comments="")
    with write_whole(folder / "test_clean.txt") as temporary:
        title = (
            f"rows of test without exact or near copy in train or validation; correlation {NEAR}; data {found.digest}"
        )
        np.savetxt(temporary, found.clean, fmt="%d", header=title)
    findings = {name: value for name, value in asdict(found).items() if name != "clean"}
    with write_whole(folder / "audit.json") as temporary:
        temporary.write_text(json.dumps(findings, indent=1) + "\n")


def _exact_copies(splits):
    """Return copies across parts, sizes of groups, conflicting labels, and which faces stand in a part before."""
    where = defaultdict(list)  # bytes of an image -> (part, label) of each place it stands
    for part in splits:
        for image, label in zip(part.images, part.labels.tolist(), strict=True):
            where[image.tobytes()].append((part.split, label))
    pairs = Counter()
    for places in where.values():
        parts = Counter(part for part, _ in places)
        pairs["validation_in_train"] += parts["validation"] if parts["train"] else 0
        pairs["test_in_train"] += parts["test"] if parts["train"] else 0
        pairs["test_in_validation"] += parts["test"] if parts["validation"] else 0
        pairs["test_in_either"] += parts["test"] if parts["train"] or parts["validation"] else 0
    groups = [len(places) for places in where.values() if len(places) > 1]
    torn = [len(places) for places in where.values() if len({label for _, label in places}) > 1]
    before = {"validation": {"train"}, "test": {"train", "validation"}}
    copied = {
        name: np.array(
            [any(part in parts for part, _ in where[image.tobytes()]) for image in getattr(splits, name).images]
        )
        for name, parts in before.items()
    }
    return dict(pairs), groups, {"groups": len(torn), "images": sum(torn)}, copied


def _votes(splits):
    """Return what the FER+ votes say about faces and labels."""
    test = splits.test
    taggers = test.votes.sum(1)
    agreeing = (test.votes * (test.votes - 1)).sum(1) / np.maximum(taggers * (taggers - 1), 1)
    voted = np.array([*FERPLUS_TO_FER2013, -1, -1])[test.votes.argmax(1)]  # contempt, unknown, NF: no FER2013 label
    agrees = voted == test.labels
    everyone_nf = [(part.votes[:, -1] == part.votes.sum(1)) & (part.votes.sum(1) > 0) for part in splits]
    return {
        "not_a_face": int(sum(marked.sum() for marked in everyone_nf)),
        "tagger_agreement": round(float(agreeing.mean()), 6),
        "label_agreement": round(float(agrees.mean()), 6),
        "label_agreement_by_label": {
            name: round(float(agrees[test.labels == label].mean()), 6)
            for label, name in enumerate(EMOTIONS)
            if (test.labels == label).any()
        },
    }


def _of(part, whole):
    return f"{part:,} of {whole:,} ({part / whole:.1%})"
