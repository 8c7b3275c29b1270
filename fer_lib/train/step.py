"""`descend`: one step of gradient descent."""

from torch.nn.utils import clip_grad_norm_

from fer_lib.train.loss import training_loss
from fer_lib.train.memory import explain_out_of_memory
from fer_lib.train.precision import forward


def descend(network, optimizer, scaler, images, targets, recipe, precision, batch=None):
    """Take one step of gradient descent.

    Parameters
    ----------
    network : callable
        What is trained; perhaps compiled, or shared among workers.
    optimizer : torch.optim.Optimizer
        Of its weights, with the learning rate of this step.
    scaler : torch.amp.GradScaler
        Does nothing unless the precision is float16.
    images : torch.Tensor of float32, shape [B, 1, H, W]
    targets : torch.Tensor
        int64 [B], or float32 [B, C].
    recipe : Recipe
        `label_smoothing`, `class_weights` and `clip` are used.
    precision : str
        Number format to compute in.
    batch : torch.Tensor, optional
        The targets of the whole batch, if `targets` are one worker's share of them.

    Returns
    -------
    logits : torch.Tensor of float32, shape [B, C]
    loss : torch.Tensor of float32, shape []
        Both as they were before the step, and without their graph.

    Raises
    ------
    FerError
        If the batch does not fit into memory.
    """
    workers = 1 if batch is None else len(batch) // len(targets)
    with explain_out_of_memory(network, images, precision, workers):
        logits, loss = _compute_gradients(network, optimizer, scaler, images, targets, recipe, precision, batch)
        if recipe.clip:
            scaler.unscale_(optimizer)
            clip_grad_norm_([weights for group in optimizer.param_groups for weights in group["params"]], recipe.clip)
        scaler.step(optimizer)  # the first one makes Adam's two averages, each as large as the weights
        scaler.update()
    return logits.detach(), loss.detach()


def _compute_gradients(network, optimizer, scaler, images, targets, recipe, precision, batch):
    """Leave the gradients in the weights. A function of its own, so that what it holds can be let go if it fails."""
    logits = forward(network, images, precision)
    loss = training_loss(logits, targets, recipe, batch)
    optimizer.zero_grad()
    scaler.scale(loss).backward()
    return logits, loss
