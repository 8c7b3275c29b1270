"""Augmentation: change a whole batch of training images at once, each image in its own way.

Drawing the changes and applying them are two steps. `Augment.draw` makes the random numbers, always on the CPU and
from a generator of your choice, so that every device sees the same ones. `Augment.apply` is a pure function of images
and numbers: rotation, scale and shift make one grid an image, and one `grid_sample` moves all pixels.

Sources: mirroring, Alizadeh & Fazel 2017, section 3; rotation, scale and shift, Barsoum et al. 2016, section 5;
cutout, DeVries & Taylor 2017, section 3.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch.nn.functional import grid_sample

from fer_lib.errors import FerError
from fer_lib.send import send


class Changes(NamedTuple):
    """What happens to each image of a batch: the numbers that `Augment.draw` draws."""

    flip: torch.Tensor  # bool [N]: mirror left and right
    angle: torch.Tensor  # float32 [N], radians: turn anticlockwise
    scale: torch.Tensor  # float32 [N]: above 1 the face grows
    shift: torch.Tensor  # float32 [N, 2], share of the side: to the right, and down
    brightness: torch.Tensor  # float32 [N]: added to the grey values
    contrast: torch.Tensor  # float32 [N]: spread of the grey values about the image's mean
    hole: torch.Tensor  # float32 [N, 2], share of the side: centre of the cut-out square

    def to(self, device):
        """Return the same numbers on `device`."""
        return Changes(*(send(numbers, device) for numbers in self))


@dataclass(frozen=True)
class Augment:
    """How far a training image may be changed. By default nothing happens.

    Attributes
    ----------
    flip : float
        Probability of mirroring, 0 to 1.
    rotation : float
        Largest turn either way, in degrees.
    scale : float
        Largest growth or shrinkage as a share: 0.1 draws factors from 0.9 to 1.1.
    shift : float
        Largest move in each direction, as a share of the side.
    brightness : float
        Largest change of all grey values, which run from 0 to 1.
    contrast : float
        Largest change of contrast as a share: 0.2 draws factors from 0.8 to 1.2.
    cutout : int
        Side of a square blotted out with the image's mean grey, in pixels.

    Examples
    --------
    >>> mirror = Augment(flip=1.0)
    >>> changes = mirror.draw(1, torch.Generator().manual_seed(0))
    >>> mirror.apply(torch.tensor([[[[0.1, 0.2], [0.3, 0.4]]]]), changes)
    tensor([[[[0.2000, 0.1000],
              [0.4000, 0.3000]]]])
    """

    flip: float = 0.0
    rotation: float = 0.0
    scale: float = 0.0
    shift: float = 0.0
    brightness: float = 0.0
    contrast: float = 0.0
    cutout: int = 0

    def __post_init__(self):
        if not 0 <= self.flip <= 1:
            raise FerError(f"flip is a probability from 0 to 1, found {self.flip}")
        for name in ("rotation", "scale", "shift", "brightness", "contrast", "cutout"):
            if not getattr(self, name) >= 0:
                raise FerError(f"{name} is how far to go either way, so 0 or more, found {getattr(self, name)}")
        for name in ("scale", "contrast"):
            if not getattr(self, name) < 1:
                raise FerError(f"{name} must stay below 1, or a face could vanish, found {getattr(self, name)}")

    def draw(self, count, generator):
        """Draw what happens to `count` images.

        Parameters
        ----------
        count : int
            Number of images N.
        generator : torch.Generator
            Where the random numbers come from, on the CPU. Every call takes the same amount of them, whatever the
            settings, so that switching one change on leaves the others as they were.

        Returns
        -------
        Changes
            One number a change and image, on the CPU.
        """
        chance = torch.rand(count, generator=generator)
        swing = 2 * torch.rand(count, 6, generator=generator) - 1  # uniform in [-1, 1)
        hole = torch.rand(count, 2, generator=generator)
        return Changes(
            flip=chance < self.flip,
            angle=math.radians(self.rotation) * swing[:, 0],
            scale=1 + self.scale * swing[:, 1],
            shift=self.shift * swing[:, 2:4],
            brightness=self.brightness * swing[:, 4],
            contrast=1 + self.contrast * swing[:, 5],
            hole=hole,
        )

    def apply(self, images, changes):
        """Change each image of a batch as drawn.

        Parameters
        ----------
        images : torch.Tensor of float32, shape [N, 1, H, W]
            Grey values from 0 to 1.
        changes : Changes
            On the same device as the images.

        Returns
        -------
        torch.Tensor of float32, shape [N, 1, H, W]
            Grey values from 0 to 1; the input is left as it was.
        """
        if self.flip:
            images = torch.where(changes.flip[:, None, None, None], images.flip(-1), images)
        if self.rotation or self.scale or self.shift:
            images = move(images, changes)
        if self.brightness or self.contrast:
            mean = images.mean((1, 2, 3), keepdim=True)
            images = mean + changes.contrast[:, None, None, None] * (images - mean)
            images = (images + changes.brightness[:, None, None, None]).clamp(0, 1)
        if self.cutout:
            images = cut_out(images, changes.hole, self.cutout)
        return images


def move(images, changes):
    """Turn, scale and shift each image about its centre; what comes in from outside repeats the edge.

    Every output pixel asks where it came from, so the grid is the inverse of the change: shift back, then turn and
    scale back. Coordinates run from -1 to 1 across the image, which is as high as it is wide.

    Parameters
    ----------
    images : torch.Tensor of float32, shape [N, 1, H, W]
    changes : Changes
        `angle`, `scale` and `shift` are used.

    Returns
    -------
    torch.Tensor of float32, shape [N, 1, H, W]

    Examples
    --------
    >>> image = torch.tensor([[[[0.0, 1.0, 0.0, 0.0]]]])
    >>> one = torch.ones(1)
    >>> right = Changes(one, 0 * one, one, torch.tensor([[0.25, 0.0]]), one, one, one)
    >>> move(image, right)
    tensor([[[[0., 0., 1., 0.]]]])
    """
    height, width = images.shape[-2:]
    y = _pixel_centres(height, images)[None, :, None] - 2 * changes.shift[:, 1, None, None]  # [N, H, 1]
    x = _pixel_centres(width, images)[None, None, :] - 2 * changes.shift[:, 0, None, None]  # [N, 1, W]
    cos = (torch.cos(changes.angle) / changes.scale)[:, None, None]
    sin = (torch.sin(changes.angle) / changes.scale)[:, None, None]
    # Held at the centres of the edge pixels, as padding_mode="border" does, which Apple's GPUs lack before torch 2.13.
    across = (cos * x - sin * y).clamp(1 / width - 1, 1 - 1 / width)  # [N, H, W]
    down = (sin * x + cos * y).clamp(1 / height - 1, 1 - 1 / height)
    return grid_sample(images, torch.stack((across, down), dim=-1), mode="bilinear", align_corners=False)


def cut_out(images, centre, side):
    """Blot out a square of each image with the image's mean grey.

    Parameters
    ----------
    images : torch.Tensor of float32, shape [N, 1, H, W]
    centre : torch.Tensor of float32, shape [N, 2]
        Centre (x, y) of each square as a share of the side; a square near the border is cut by it.
    side : int
        Side of the square in pixels.

    Returns
    -------
    torch.Tensor of float32, shape [N, 1, H, W]
    """
    height, width = images.shape[-2:]
    column, row = (torch.arange(size, device=images.device) for size in (width, height))
    left = (centre[:, 0, None] * width - side / 2).round()
    top = (centre[:, 1, None] * height - side / 2).round()
    across = (column >= left) & (column < left + side)  # [N, W]
    down = (row >= top) & (row < top + side)  # [N, H]
    hole = (down[:, :, None] & across[:, None, :])[:, None]
    return torch.where(hole, images.mean((1, 2, 3), keepdim=True), images)


def _pixel_centres(size, like):
    return (2 * torch.arange(size, device=like.device, dtype=like.dtype) + 1) / size - 1
