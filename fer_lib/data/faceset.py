"""`FaceSet`: a set of faces with their emotion labels, the one shape in which data travels."""

import hashlib
from dataclasses import dataclass, replace

import numpy as np

from fer_lib.errors import DataError
from fer_lib.labels import EMOTIONS

#: Height and width of a face, in pixels.
SIZE = 48

#: The three parts of the official split, by the names used here; FER2013 calls them Training, PublicTest, PrivateTest.
SPLITS = ("train", "validation", "test")


@dataclass(frozen=True, eq=False)
class FaceSet:
    """Faces with their emotion labels.

    Attributes
    ----------
    images : numpy.ndarray of uint8, shape [N, 48, 48]
        Grey values from 0 (black) to 255 (white). Often memory-mapped: do not write to it.
    labels : numpy.ndarray of int64, shape [N]
        Numbers of emotion labels, positions in `names`.
    split : str
        ``"train"``, ``"validation"`` (PublicTest) or ``"test"`` (PrivateTest).
    names : tuple of str
        The emotion labels by number: `EMOTIONS` or `FERPLUS_EMOTIONS`.
    rows : numpy.ndarray of int64, shape [N]
        Where each face stands in its official split, so that a filtered set can be led back to it. Default: 0 to N-1.
    votes : numpy.ndarray of int64, shape [N, 10], optional
        FER+ votes, columns as in `FERPLUS_VOTES`.
    targets : numpy.ndarray of float32, shape [N, C], optional
        Label distributions to train on in place of `labels`; each row sums to 1.
    action_units : numpy.ndarray of float32, shape [N, A], optional
        Synthetic faces only: true strengths from 0 to 1, columns as in `fer_lib.data.synthetic.ACTION_UNITS`.
    landmarks : numpy.ndarray of float32, shape [N, P, 2], optional
        Synthetic faces only: true (x, y) in pixels, points as in `fer_lib.data.synthetic.LANDMARKS`.

    Raises
    ------
    DataError
        If the arrays do not fit together: wrong shape, wrong dtype, a label outside `names`, or no face at all.

    Examples
    --------
    >>> faces = FaceSet(np.zeros((2, 48, 48), np.uint8), np.array([3, 6]), "test")
    >>> len(faces), [faces.names[label] for label in faces.labels]
    (2, ['happy', 'neutral'])
    """

    images: np.ndarray
    labels: np.ndarray
    split: str
    names: tuple = EMOTIONS
    rows: np.ndarray = None
    votes: np.ndarray = None
    targets: np.ndarray = None
    action_units: np.ndarray = None
    landmarks: np.ndarray = None

    def __post_init__(self):
        count = len(self.images)
        if self.rows is None:
            object.__setattr__(self, "rows", np.arange(count, dtype=np.int64))
        if count == 0:
            raise DataError(f"the {self.split} split holds no face")
        if self.images.dtype != np.uint8 or self.images.shape[1:] != (SIZE, SIZE):
            found = f"{self.images.dtype} {list(self.images.shape)}"
            raise DataError(f"the {self.split} images are {found}, expected uint8 [N, {SIZE}, {SIZE}]")
        for name in ("labels", "rows", "votes", "targets", "action_units", "landmarks"):
            array = getattr(self, name)
            if array is not None and len(array) != count:
                raise DataError(f"the {self.split} split has {count} images but {len(array)} {name}")
        if self.labels.ndim != 1 or self.labels.dtype.kind not in "iu":
            found = f"{self.labels.dtype} {list(self.labels.shape)}"
            raise DataError(f"the {self.split} labels are {found}, expected whole numbers [N]")
        object.__setattr__(self, "labels", self.labels.astype(np.int64, copy=False))
        if self.targets is not None and self.targets.shape != (count, len(self.names)):
            expected = [count, len(self.names)]
            raise DataError(f"the {self.split} targets are {list(self.targets.shape)}, expected {expected}")
        if self.labels.min() < 0 or self.labels.max() >= len(self.names):
            row = int(np.flatnonzero((self.labels < 0) | (self.labels >= len(self.names)))[0])
            raise DataError(f"{self.split} row {row}: label {self.labels[row]}, expected 0 to {len(self.names) - 1}")

    def __len__(self):
        return len(self.images)

    def __getitem__(self, index):
        """Return the faces at `index` (a slice, a boolean mask or an array of positions) as a new `FaceSet`."""
        if isinstance(index, (int, np.integer)):
            raise DataError(f"one face is faces.images[{index}]; faces[{index}:{index + 1}] is a set of one")
        arrays = {name: value for name, value in vars(self).items() if isinstance(value, np.ndarray)}
        return replace(self, **{name: array[index] for name, array in arrays.items()})

    def counts(self):
        """Return how many faces carry each label: int64, shape [C]."""
        return np.bincount(self.labels, minlength=len(self.names))

    def digest(self):
        """Return 16 hexadecimal digits that stand for images, labels and targets: equal data, equal digest."""
        return digest_of(array for array in (self.images, self.labels, self.targets) if array is not None)


@dataclass(frozen=True, eq=False)
class FaceSplits:
    """The three parts of a data set, and where they came from; unpacks as ``train, validation, test``.

    Attributes
    ----------
    train, validation, test : FaceSet
        The parts.
    source : str
        What was read, in words: ``"fer2013.csv"``, ``"synthetic"``, ...
    official : bool
        Whether the parts are FER2013's own; those of synthetic faces, and of files whose split is lost, are not.
    """

    train: FaceSet
    validation: FaceSet
    test: FaceSet
    source: str
    official: bool

    def __iter__(self):
        return iter((self.train, self.validation, self.test))

    def digest(self):
        """Return 16 hexadecimal digits that stand for images, labels and split: equal data, equal digest.

        Examples
        --------
        >>> from fer_lib.data import load
        >>> len(load("synthetic", n=20).digest())
        16
        """
        return digest_of(array for part in self for array in (part.images, part.labels))


def digest_of(arrays):
    """Return 16 hexadecimal digits that stand for arrays in their order."""
    sha = hashlib.sha256()
    for array in arrays:
        sha.update(np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<")))
    return sha.hexdigest()[:16]
