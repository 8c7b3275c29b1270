"""What to say when a batch does not fit into the memory of a GPU: how large a batch would."""

import traceback
from contextlib import contextmanager

import torch

from fer_lib.errors import FerError
from fer_lib.train.precision import forward


@contextmanager
def explain_out_of_memory(network, images, precision, workers=1):
    """Turn an out-of-memory error in the block into one line that names the batch size that would fit.

    Parameters
    ----------
    network : callable
        What is being trained.
    images : torch.Tensor of float32, shape [B, 1, H, W]
        The batch at hand, or this worker's share of it.
    precision : str
        Number format it is computed in.
    workers : int
        How many share a batch.

    Raises
    ------
    FerError
        If the block runs out of memory.
    """
    try:
        yield
        return
    except torch.cuda.OutOfMemoryError as error:
        traceback.clear_frames(error.__traceback__)  # lets go of what the failed step held: the trials need the room
    alone = getattr(network, "module", network)  # without the wrapper that waits for the other workers
    for layer in getattr(alone, "modules", tuple)():
        if isinstance(layer, torch.nn.SyncBatchNorm):
            layer.eval()  # in training it would wait for them too
    fits = workers * largest_batch_that_fits(alone, images, precision)
    hint = f"{fits} would fit: set batch_size={fits}" if fits else "not even one image fits: take a smaller network"
    found = f"a batch of {workers * len(images)} images needs more memory than the {images.device.type} has"
    raise FerError(f"{found}; {hint}")


def largest_batch_that_fits(network, images, precision):
    """Return the largest half, quarter, eighth, ... of a batch that can be trained on, 0 if none can."""
    size = len(images) // 2
    while size:
        try:
            forward(network, images[:size], precision).sum().backward()
            return size
        except torch.cuda.OutOfMemoryError:
            size //= 2
        except ValueError:  # batch norm cannot learn from one image
            return 0
    return 0
