"""`Canvas`: what faces are drawn on, a whole batch at once, and the few shapes they are drawn with.

Only operations that IEEE 754 rounds exactly are used (+, -, *, /, square root, minimum, maximum, comparison), each on
one element at a time. So the same seed gives the same bits on every machine and with any number of threads.
"""

from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch


def smooth(x):
    """Return 0 for `x` below 0, 1 above 1, and the smoothstep ``3x² - 2x³`` between."""
    x = x.clamp(0, 1)
    return x * x * (3 - 2 * x)


def inside(distance, softness=0.55):
    """Return how much of a pixel a shape covers, from the signed `distance` to its edge (negative: inside)."""
    return (0.5 - distance / softness).clamp(0, 1)


def mix(a, b, share):
    """Return `a` where `share` is 0, `b` where it is 1, and a mixture between."""
    return a + (b - a) * share


def bump(u, v, centre, width, height):
    """Return a smooth hill of height 1 over an ellipse with half-axes `width` and `height`, and 0 outside."""
    x, y = (u - centre[0]) / width, (v - centre[1]) / height
    hill = (1 - x * x - y * y).clamp(min=0)
    return hill * hill


def segment(u, v, start, end):
    """Return the distance to the line from `start` to `end`, and where along it (0 to 1) the nearest point is."""
    du, dv = end[0] - start[0], end[1] - start[1]
    along = (((u - start[0]) * du + (v - start[1]) * dv) / (du * du + dv * dv + 1e-6)).clamp(0, 1)
    x, y = u - start[0] - du * along, v - start[1] - dv * along
    return square_root(x * x + y * y), along


def square_root(x):
    """Return the square root, rounded exactly. PyTorch's is MKL's, whose last bit differs between kinds of CPU."""
    return torch.from_numpy(np.sqrt(x.numpy()))


def wave(x):
    """Return a triangle wave of period 1 between -1 and 1."""
    return ((x - x.floor()) - 0.5).abs() * 4 - 1


@dataclass
class Canvas:
    """Where each pixel lies on its face, and what is there.

    Attributes
    ----------
    u, v : torch.Tensor of float32, shape [B, H, W]
        Face coordinates: `u` to the right, `v` down, from the point between the eyes, 48 units about an image wide.
    tone : torch.Tensor of float32, shape [B, H, W]
        How bright the surface is, 0 (black) to 1 (white), before light falls on it.
    relief : torch.Tensor of float32, shape [B, H, W]
        How far the surface stands out, in face units: its slope decides how much light it gets.
    """

    u: torch.Tensor
    v: torch.Tensor
    tone: torch.Tensor
    relief: torch.Tensor

    def paint(self, tone, cover):
        """Lay `tone` over what is there, where and as densely as `cover` (0 to 1) says."""
        self.tone = mix(self.tone, tone, cover)

    def raise_(self, height):
        """Lift the surface by `height`, or press it in where negative."""
        self.relief = self.relief + height

    @contextmanager
    def window(self, row, column, height, width):
        """Give a small canvas around one pixel of each face, and put back what was drawn on it.

        An eye covers a tenth of a face: drawing it in a window costs a tenth.

        Parameters
        ----------
        row, column : torch.Tensor of float32, shape [B, 1, 1]
            The pixel at the centre. A window that would cross the border is moved inside.
        height, width : int
            Size of the window in pixels.
        """
        batch, rows, columns = self.tone.shape
        top = (row - height / 2).floor().clamp(0, rows - height).long()
        left = (column - width / 2).floor().clamp(0, columns - width).long()
        pixels = (top + torch.arange(height)[:, None]) * columns + left + torch.arange(width)
        pixels = pixels.reshape(len(pixels), -1).expand(batch, -1)
        small = Canvas(
            *(field.reshape(batch, -1).gather(1, pixels).reshape(batch, height, width) for field in vars(self).values())
        )
        yield small
        for field, drawn in ((self.tone, small.tone), (self.relief, small.relief)):
            field.view(batch, -1).scatter_(1, pixels, drawn.reshape(batch, -1))
