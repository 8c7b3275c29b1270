"""`send`: numbers from the CPU to a device, without waiting for it."""


def send(numbers, device):
    """Return a tensor of the CPU on a device.

    A plain copy makes the CPU wait until a GPU has done all that it was told before. From pinned memory the GPU takes
    the numbers when their turn comes.

    Parameters
    ----------
    numbers : torch.Tensor
        On the CPU.
    device : torch.device

    Returns
    -------
    torch.Tensor
        The same numbers on `device`.

    Examples
    --------
    >>> import torch
    >>> send(torch.tensor([1.0, 2.0]), torch.device("cpu"))
    tensor([1., 2.])
    """
    if device.type == "cuda":
        return numbers.pin_memory().to(device, non_blocking=True)
    return numbers.to(device)
