"""`predict`: the logits that a model gives to faces."""

from itertools import chain

import torch

from fer_lib.batches import Batches
from fer_lib.train.precision import forward


@torch.no_grad()
def predict(model, faces, batch_size=512, precision="float32"):
    """Return the logits of faces.

    Parameters
    ----------
    model : torch.nn.Module
        Is put into evaluation mode: no dropout, batch norm by its running statistics.
    faces : FaceSet
    batch_size : int
        Faces at a time.
    precision : str
        Number format to compute in: ``"float32"``, ``"bfloat16"`` or ``"float16"``.

    Returns
    -------
    numpy.ndarray of float32, shape [N, C]
        In the order of `faces`.

    Examples
    --------
    >>> from fer_lib.data import load
    >>> from fer_lib.models import create_model
    >>> predict(create_model("fully-connected"), load("synthetic", n=100).test).shape
    (10, 7)
    """
    model.eval()
    batches = Batches(faces, batch_size, next(chain(model.parameters(), model.buffers())).device)
    return torch.cat([forward(model, images, precision) for images in batches.in_order()]).cpu().numpy()
