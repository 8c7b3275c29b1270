"""`watch`: what layers of a network give, seen from outside."""

import torch


def watch(network, layers, images):
    """Run a network in evaluation mode, and return what some of its layers give. The network is left as it was.

    Parameters
    ----------
    network : torch.nn.Module
    layers : iterable of torch.nn.Module
        Layers of the network.
    images : torch.Tensor of float32, shape [N, 1, H, W]
        On the network's device.

    Returns
    -------
    list of (torch.nn.Module, torch.Tensor)
        Layer and output, in the order in which the images pass them.

    Examples
    --------
    >>> network = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(4, 3))
    >>> [output.shape for _, output in watch(network, network, torch.zeros(2, 1, 2, 2))]
    [torch.Size([2, 4]), torch.Size([2, 3])]
    """
    seen = []

    def note(layer, _, output):
        seen.append((layer, output.clone()))  # the next layer may work in place

    hooks = [layer.register_forward_hook(note) for layer in layers]
    modes = [(module, module.training) for module in network.modules()]
    try:
        with torch.no_grad():
            network.eval()(images)
    finally:
        for module, training in modes:
            module.training = training
        for hook in hooks:
            hook.remove()
    return seen
