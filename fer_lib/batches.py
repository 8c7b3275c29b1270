"""`Batches`: the whole set on the device, cut into batches by index. No files, no workers, no copies.

FER2013 is 83 MB as uint8, so it fits on any device at once. What a step sees is a pure function of
(seed, epoch, step): a run that was killed takes up at any step and sees what it would have seen.
"""

import hashlib

import torch

from fer_lib.augment import Augment


def stream(*key):
    """Return a random generator that depends on a key and on nothing else.

    Parameters
    ----------
    *key : str or int
        What the numbers are for and when they are drawn: ``"augment", seed, epoch, step``.

    Returns
    -------
    torch.Generator
        On the CPU, so that the numbers are the same whatever the device.

    Examples
    --------
    >>> first, again = stream("order", 0, 1), stream("order", 0, 1)
    >>> torch.equal(torch.rand(3, generator=first), torch.rand(3, generator=again))
    True
    """
    return torch.Generator().manual_seed(stream_seed(*key))


def stream_seed(*key):
    """Return the seed of `stream`, from 0 to 2**63 - 1: hashed, so that neighbouring steps share nothing."""
    digest = hashlib.sha256(" ".join(map(str, key)).encode()).digest()
    return int.from_bytes(digest[:8], "little") >> 1


class Batches:
    """Faces on a device, ready to be trained on or predicted.

    Parameters
    ----------
    faces : FaceSet
        The set to take batches of.
    batch_size : int
        Images a batch.
    device : str or torch.device

    Examples
    --------
    >>> from fer_lib.data import load
    >>> batches = Batches(load("synthetic", n=100).train, batch_size=32)
    >>> images, targets = next(batches.training(seed=0, epoch=0))
    >>> images.shape, images.dtype, targets.dtype
    (torch.Size([32, 1, 48, 48]), torch.float32, torch.int64)
    """

    def __init__(self, faces, batch_size, device="cpu"):
        targets = faces.labels if faces.targets is None else faces.targets
        self.images = torch.tensor(faces.images).to(device)[:, None]  # uint8 [N, 1, 48, 48]
        self.targets = torch.tensor(targets).to(device)  # int64 [N], or float32 [N, C]
        self.batch_size = min(batch_size, len(faces))

    def __len__(self):
        """Return the steps an epoch. What does not fill a batch waits for the next epoch's order."""
        return len(self.images) // self.batch_size

    def training(self, seed, epoch, start=0, augment=None):
        """Yield the batches of one epoch in random order, from step `start` on.

        Parameters
        ----------
        seed, epoch : int
            Decide the order; with the step's number they decide the augmentation.
        start : int
            The first step to yield, for a run that takes up in the middle of an epoch.
        augment : Augment, optional
            How to change the images.

        Yields
        ------
        images : torch.Tensor of float32, shape [B, 1, 48, 48]
            Grey values from 0 to 1.
        targets : torch.Tensor
            int64 [B], or float32 [B, C] for label distributions.
        """
        order = torch.randperm(len(self.images), generator=stream("order", seed, epoch)).to(self.images.device)
        for step in range(start, len(self)):
            index = order[step * self.batch_size : (step + 1) * self.batch_size]
            images = self.images[index].float() / 255
            if augment is not None and augment != Augment():
                changes = augment.draw(len(index), stream("augment", seed, epoch, step))
                images = augment.apply(images, changes.to(images.device))
            yield images, self.targets[index]

    def in_order(self):
        """Yield all images in their own order, the last batch perhaps smaller: float32 [B, 1, 48, 48], from 0 to 1."""
        for images in self.images.split(self.batch_size):
            yield images.float() / 255
