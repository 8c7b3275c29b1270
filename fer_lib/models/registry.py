"""Networks by name: `create_model` makes one, `list_models` says which there are."""

import re
from difflib import get_close_matches
from inspect import Parameter, signature

from fer_lib.errors import FerError

_NETWORKS = {}


def register(name):
    """Return a decorator that makes a network class known to `create_model` under `name`.

    Parameters
    ----------
    name : str
        If a network of that name is there already, the new one takes its place.

    Returns
    -------
    callable
        Takes a class, or a function that returns a network, and gives it back. It must take ``classes``, which
        `fer_lib.train.Trainer` fills in. A `Standardize` in it learns mean and spread of the training faces.

    Examples
    --------
    >>> from torch import nn
    >>> @register("two-layers")
    ... def two_layers(classes=7, units=32):
    ...     return nn.Sequential(nn.Flatten(), nn.Linear(48 * 48, units), nn.ReLU(), nn.Linear(units, classes))
    >>> create_model("two-layers", classes=8)[-1].out_features
    8
    >>> del _NETWORKS["two-layers"]
    """

    def decorator(network):
        _NETWORKS[name] = network
        return network

    return decorator


def list_models():
    """Return the names of all networks, sorted.

    Returns
    -------
    list of str

    Examples
    --------
    >>> "fully-connected" in list_models()
    True
    """
    return sorted(_NETWORKS)


def create_model(name, *, pretrained=False, **options):
    """Make a network with fresh random weights, or with those of the published run of the same name.

    Parameters
    ----------
    name : str
        One of `list_models`; with `pretrained`, the name of a run whose weights come with the library.
    pretrained : bool
        Whether to load these weights. The model is then in evaluation mode.
    **options
        What the network's class takes, e.g. ``classes=8`` for FER+ labels.

    Returns
    -------
    torch.nn.Module
        Takes images float32 [N, 1, 48, 48] with grey values from 0 to 1, gives logits [N, classes].

    Raises
    ------
    FerError
        If there is no network of that name, it does not take one of the options, or there are no such weights.

    Examples
    --------
    >>> create_model("fully-connected", hidden=(128,))[-1]
    Linear(in_features=128, out_features=7, bias=True)
    """
    if pretrained:
        from fer_lib.models.weights import load_model  # which makes networks itself

        if options:
            raise FerError(f"{name!r} with its weights takes no options, found {', '.join(sorted(options))}")
        return load_model(name)
    if name not in _NETWORKS:
        raise FerError(f"no network is called {name!r}; {_hint(name, _NETWORKS)}")
    network = _NETWORKS[name]
    try:
        return network(**options)
    except (TypeError, ValueError, RuntimeError, AssertionError) as error:
        wrong = re.search(r"unexpected keyword argument '(\w+)'", str(error))
        found = f"has no option {wrong[1]!r}; {_hint(wrong[1], _option_names(network))}" if wrong else str(error)
        raise FerError(f"network {name!r}: {found}") from error


def _option_names(network):
    """Return what a network takes; one that takes any option hands it on to the `ConvNet`."""
    taken = signature(network).parameters
    named = [name for name, parameter in taken.items() if parameter.kind is not Parameter.VAR_KEYWORD]
    hands_on = len(named) < len(taken)
    return [*named, *(signature(_NETWORKS["convnet"]).parameters if hands_on else ())]


def _hint(wrong, names):
    near = get_close_matches(wrong, names, n=1)
    return f"did you mean {near[0]!r}?" if near else f"known are: {', '.join(sorted(names))}"
