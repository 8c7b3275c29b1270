"""`Hog`: histograms of oriented gradients, the hand-made features of the hybrid networks. Dalal & Triggs 2005."""

import math

import torch
from torch import nn
from torch.nn.functional import avg_pool2d, one_hot


class Hog(nn.Module):
    """Histograms of oriented gradients of a whole batch, in tensor code: equal to `skimage.feature.hog`.

    In each cell, every pixel votes for the orientation of its gradient with the strength of it; blocks of
    neighbouring cells are then normalised together, clipped at 0.2 and normalised again (``L2-Hys``, section 6.4).
    Being a layer, it sees the images as augmentation left them, so nothing has to be computed ahead and stored.
    It has nothing to learn.

    Parameters
    ----------
    orientations : int
        Bins of an unsigned orientation, 0 to 180 degrees.
    cell : int
        Side of a cell, in pixels.
    block : int
        Side of a block, in cells.

    Examples
    --------
    >>> Hog()(torch.zeros(2, 1, 48, 48)).shape
    torch.Size([2, 900])
    """

    def __init__(self, orientations=9, cell=8, block=2):
        super().__init__()
        self.orientations, self.cell, self.block = orientations, cell, block

    def length(self, size):
        """Return the number of features of an image `size` pixels high and wide."""
        blocks = size // self.cell - self.block + 1
        return blocks**2 * self.block**2 * self.orientations

    @torch.no_grad()
    def forward(self, images):
        """Return float32 [N, features] of grey images float32 [N, 1, H, W]."""
        grey = images[:, 0].float()
        down, across = torch.zeros_like(grey), torch.zeros_like(grey)
        down[:, 1:-1] = grey[:, 2:] - grey[:, :-2]
        across[:, :, 1:-1] = grey[:, :, 2:] - grey[:, :, :-2]
        angle = torch.atan2(down, across).remainder(math.pi)
        bins = (angle * (self.orientations / math.pi)).long().clamp(max=self.orientations - 1)
        votes = one_hot(bins, self.orientations) * torch.hypot(down, across)[..., None]  # [N, H, W, orientations]
        cells = avg_pool2d(votes.movedim(-1, 1), self.cell)  # [N, orientations, H / cell, W / cell]
        # [N, orientations, rows, columns, block, block]
        blocks = cells.unfold(2, self.block, 1).unfold(3, self.block, 1)
        blocks = blocks.permute(0, 2, 3, 4, 5, 1).flatten(3)  # [N, rows, columns, block * block * orientations]
        tiny = 1e-5  # as in scikit-image: a flat block stays 0
        blocks = blocks / (blocks.square().sum(-1, keepdim=True) + tiny**2).sqrt()
        blocks = blocks.clamp(max=0.2)
        blocks = blocks / (blocks.square().sum(-1, keepdim=True) + tiny**2).sqrt()
        return blocks.flatten(1)
