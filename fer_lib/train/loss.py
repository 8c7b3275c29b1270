"""The loss that training brings down: cross-entropy, with what a recipe adds to it."""

import numpy as np
import torch
from torch.nn.functional import cross_entropy, one_hot

from fer_lib.send import send


def training_loss(logits, targets, recipe, batch=None):
    """Return the mean cross-entropy of a batch, with the recipe's label smoothing and class weights.

    With class weights it is the weighted mean. Label smoothing: Szegedy et al. 2016, section 7.

    Parameters
    ----------
    logits : torch.Tensor of float32, shape [B, C]
    targets : torch.Tensor
        int64 [B], or float32 [B, C] for label distributions.
    recipe : Recipe
        `label_smoothing` and `class_weights` are used.
    batch : torch.Tensor, optional
        The targets of the whole batch, if `targets` are one worker's share of them: the mean over workers of what they
        get is then the loss of the batch.

    Returns
    -------
    torch.Tensor of float32, shape []
    """
    if not recipe.class_weights:
        return cross_entropy(logits, targets, label_smoothing=recipe.label_smoothing)
    weights = send(torch.tensor(recipe.class_weights, dtype=logits.dtype), logits.device)
    batch = targets if batch is None else batch
    counts = weights[batch] if batch.dim() == 1 else batch @ weights  # how much each image counts
    total = cross_entropy(logits, targets, weight=weights, label_smoothing=recipe.label_smoothing, reduction="sum")
    return total / (counts.mean() * len(targets))


def mix(images, targets, classes, strength, seed):
    """Mix each image with another of its batch, and their targets likewise: mixup, Zhang et al. 2018, section 2.

    Parameters
    ----------
    images : torch.Tensor of float32, shape [B, 1, H, W]
    targets : torch.Tensor
        int64 [B], or float32 [B, C].
    classes : int
        C.
    strength : float
        Both parameters of the Beta distribution that the share of the partners is drawn from, once for the batch.
    seed : int
        Decides the share and the partners.

    Returns
    -------
    images : torch.Tensor of float32, shape [B, 1, H, W]
    targets : torch.Tensor of float32, shape [B, C]

    Examples
    --------
    >>> black_and_white, labels = torch.tensor([0.0, 1.0]).view(2, 1, 1, 1), torch.tensor([0, 1])
    >>> images, targets = mix(black_and_white, labels, classes=2, strength=1.0, seed=0)
    >>> torch.equal(images.flatten(), targets[:, 1])
    True
    """
    if targets.dim() == 1:
        targets = one_hot(targets, classes).float()
    dice = np.random.default_rng(seed)
    share = float(dice.beta(strength, strength))
    partner = send(torch.from_numpy(dice.permutation(len(images))), images.device)
    return images.lerp(images[partner], share), targets.lerp(targets[partner], share)
