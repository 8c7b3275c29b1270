"""`Standardize`: the first layer of every network but `TransferNet`; it brings grey values to mean 0 and spread 1."""

import torch
from torch import nn


class Standardize(nn.Module):
    """Subtract the mean training image and divide by the spread of what is left.

    Mean and spread are learned from the training images only and stored with the weights, so whoever uses the model
    hands it plain grey values. Source: Alizadeh & Fazel 2017, section 3 (mean image subtraction).

    Examples
    --------
    >>> layer = Standardize()
    >>> layer.fit(torch.tensor([[[[0, 255]]], [[[255, 255]]]], dtype=torch.uint8))
    >>> layer(torch.tensor([[[[0.5, 1.0]]]]))
    tensor([[[[0., 0.]]]])
    """

    def __init__(self, size=48):
        super().__init__()
        self.register_buffer("mean", torch.zeros(1, size, size))
        self.register_buffer("spread", torch.ones(()))

    def fit(self, images):
        """Learn mean and spread from training images: uint8 [N, 1, H, W]."""
        # Whole numbers add up exactly, so every device finds the same; and in chunks, 28,709 images need no wide copy.
        total = images.sum(0, dtype=torch.int64).cpu()
        squares = sum((chunk.int() ** 2).sum(0) for chunk in images.split(1024)).cpu()
        mean = total.double() / len(images)
        variance = (squares.double() / len(images) - mean**2).mean().clamp(min=1e-12)
        self.mean = (mean / 255).float().to(images.device)
        self.spread = (variance.sqrt() / 255).float().to(images.device)

    def forward(self, images):
        return (images - self.mean) / self.spread  # [N, 1, 48, 48]
