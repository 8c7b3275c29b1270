"""`Workers`: the processes that train one network together, one a GPU, started by ``torchrun``.

Every worker holds the whole data set and makes the same batches; each computes the gradients of its share of a batch,
and `torch.nn.parallel.DistributedDataParallel` averages them. So the weights are equal on all workers after each step,
and equal, but for rounding, to those of one process. Li et al. 2020. Two layers make an exception: dropout throws other
dice on each worker, and batch norm on CPUs takes the statistics of the worker's share (on GPUs, of the whole batch).
In an epoch that is resumed, train loss and accuracy count what the first worker had seen of it for all workers. From
three workers on, a resumed run ends with other last bits: after its first step, `DistributedDataParallel` sorts anew
what it sends together, and so the order in which the workers' numbers are added.
"""

import os

import torch
from torch import distributed

from fer_lib.errors import FerError


class Workers:
    """The processes that train together; one alone if there is no ``torchrun``.

    Parameters
    ----------
    device : torch.device
        What this process trains on: GPUs talk to one another by NCCL, CPUs by gloo.

    Attributes
    ----------
    rank : int
        Number of this process, 0 to `count` - 1. Rank 0 alone writes files.
    count : int
        How many there are.
    key : tuple
        What this process adds to the key of its random numbers: nothing for rank 0.

    Examples
    --------
    >>> workers = Workers(torch.device("cpu"))
    >>> workers.rank, workers.count
    (0, 1)
    """

    def __init__(self, device):
        self.rank, self.count = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
        self.key = (self.rank,) if self.rank else ()
        self._gpus = device.type == "cuda"
        if self.count > 1 and self._gpus:
            torch.cuda.set_device(device)  # NCCL talks through it
        if self.count > 1 and not distributed.is_initialized():
            distributed.init_process_group("nccl" if self._gpus else "gloo")

    def share(self, batch):
        """Return this worker's rows of a batch tensor: every `count`-th."""
        if len(batch) % self.count:
            raise FerError(f"a batch of {len(batch)} images cannot be shared evenly among {self.count} processes")
        return batch[self.rank :: self.count]

    def parallel(self, network):
        """Return what to call for training: `network` itself, or a wrapper that averages gradients over workers."""
        if self.count == 1:
            return network
        network = torch.nn.SyncBatchNorm.convert_sync_batchnorm(network) if self._gpus else network
        return torch.nn.parallel.DistributedDataParallel(network)

    def add(self, tensor):
        """Return the sum of a tensor over all workers."""
        if self.count > 1:
            tensor = tensor.clone()
            distributed.all_reduce(tensor)
        return tensor

    def agree(self, value):
        """Return the value that rank 0 has: what a clock or a disk decides may differ between workers."""
        if self.count == 1:
            return value
        values = [value]
        distributed.broadcast_object_list(values, src=0)
        return values[0]
