"""`Standardize`: the first layer of every network, which brings grey values to mean 0 and spread 1."""

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
        count = len(images)
        total = images.sum(0, dtype=torch.float64)  # in float64 and chunks, so that 28,709 images need no float copy
        squares = sum((chunk.double() ** 2).sum(0) for chunk in images.split(1024))
        mean = total / count
        variance = (squares / count - mean**2).mean().clamp(min=1e-12)
        self.mean = (mean / 255).float()
        self.spread = (variance.sqrt() / 255).float()

    def forward(self, images):
        return (images - self.mean) / self.spread  # [N, 1, 48, 48]
