"""Weights of trained models, stored as safetensors: small, and unable to hold code."""

import json
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from fer_lib.errors import FerError, MissingExtra, brief
from fer_lib.files import PUBLISHED, cache_folder, write_whole
from fer_lib.models.registry import create_model


def save_weights(path, model, network, options):
    """Write a model's weights in float16, with what is needed to build its network again.

    A tensor that holds a number above 65,504, float16's largest, stays in float32.

    Parameters
    ----------
    path : str or pathlib.Path
        The ``.safetensors`` file to write, whole or not at all.
    model : torch.nn.Module
    network : str
        The network's name in `list_models`.
    options : dict
        The options the network was made with.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     save_weights(f"{folder}/mine.safetensors", create_model("fully-connected"), "fully-connected", {})
    ...     load_model(f"{folder}/mine.safetensors")[-1].out_features
    7
    """
    tensors = {name: _as_stored(tensor).contiguous().cpu() for name, tensor in model.state_dict().items()}
    with write_whole(path) as temporary:
        # One entry: safetensors writes several in random order, and the same weights should give the same file.
        metadata = {"network": json.dumps({"name": network, "options": options})}
        temporary.write_bytes(save(tensors, metadata))  # `save_file` would leave a file that only its owner may read


def round_weights(model):
    """Round a model's weights, in place, to what `save_weights` stores.

    Parameters
    ----------
    model : torch.nn.Module

    Returns
    -------
    torch.nn.Module
        The same model.

    Examples
    --------
    >>> weights = next(round_weights(create_model("fully-connected")).parameters())
    >>> bool((weights == weights.half()).all())
    True
    """
    for tensor in model.state_dict().values():
        tensor.copy_(_as_stored(tensor))
    return model


def _as_stored(tensor):
    short = tensor.half() if tensor.is_floating_point() else tensor
    return short if short.isfinite().all() else tensor


def load_model(name):
    """Load a trained model, ready to predict.

    Parameters
    ----------
    name : str or pathlib.Path
        A ``.safetensors`` file, or the name of a run whose weights come with the library or lie in the cache folder.

    Returns
    -------
    torch.nn.Module
        In float32 on the CPU, in evaluation mode.

    Raises
    ------
    FerError
        If there are no such weights, the file is damaged, or its weights do not fit its network.

    Examples
    --------
    >>> load_model("greblo-fc")[-1].out_features
    7
    """
    path = Path(name)
    if path.suffix != ".safetensors":
        places = [folder / "weights" / f"{name}.safetensors" for folder in (PUBLISHED, cache_folder())]
        path = next(filter(Path.is_file, places), places[0])  # too large to publish: `reproduce` left it in the cache
    if not path.is_file():
        known = ", ".join(sorted(file.stem for file in (PUBLISHED / "weights").glob("*.safetensors"))) or "none"
        raise FerError(f"{path}: no such weights; published with the library: {known}")
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            state = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118, not a dict
        network = json.loads(metadata["network"])
        options = network["options"]
        if network["name"] == "transfer":
            options["imagenet"] = False  # these weights are not where it starts
        model = create_model(network["name"], **options)
        model.load_state_dict({name: t.float() if t.is_floating_point() else t for name, t in state.items()})
    except MissingExtra:
        raise
    except (SafetensorError, FerError, KeyError, RuntimeError, TypeError, json.JSONDecodeError) as error:
        raise FerError(f"{path}: not weights that fer_lib wrote: {brief(error)}") from error
    return model.eval()
