"""Networks by name, the baseline, standardisation, and weights on disk."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from faces_for_tests import TinyNetwork, blobs
from safetensors.torch import load_file, save_file
from torch.nn.functional import cross_entropy

from fer_lib import models
from fer_lib.batches import Batches
from fer_lib.errors import FerError
from fer_lib.evaluate import accuracy
from fer_lib.models import (
    FullyConnected,
    NearestNeighbour,
    Standardize,
    create_model,
    list_models,
    load_model,
    save_weights,
)


def standardised(network, faces):
    """The network, its `Standardize` fitted to the faces, and the faces as one batch."""
    batches = Batches(faces, len(faces))
    for layer in network.modules():
        if isinstance(layer, Standardize):
            layer.fit(batches.images)
    return network, next(batches.in_order()), batches.targets


# --- registry ---------------------------------------------------------------------------------------------------------


def test_a_network_is_made_by_name_with_options():
    assert isinstance(create_model("fully-connected"), FullyConnected)
    assert create_model("fully-connected", classes=8)(torch.zeros(3, 1, 48, 48)).shape == (3, 8)


def test_a_label_that_nearest_neighbour_never_saw_gets_a_score_that_can_be_measured():
    images = torch.randint(0, 256, (6, 1, 48, 48), dtype=torch.uint8)
    logits = NearestNeighbour().fit(images, torch.tensor([0, 1] * 3))(images / 255)
    assert accuracy(logits.numpy(), [0, 1] * 3).value == 1
    assert logits[:, 2:].max() < logits[:, :2].min()


def test_a_misspelt_name_is_answered_with_the_nearest():
    with pytest.raises(FerError, match=r"no network is called 'fuly-conected'; did you mean 'fully-connected'\?"):
        create_model("fuly-conected")


def test_a_name_like_no_other_is_answered_with_all_names():
    with pytest.raises(FerError, match=r"known are: .*fully-connected"):
        create_model("zzz")


def test_an_option_the_network_does_not_take_is_named():
    with pytest.raises(FerError, match=r"network 'fully-connected': .*'depth'"):
        create_model("fully-connected", depth=3)


@pytest.mark.parametrize("name", ["convnet", "greblo-deep"])
def test_a_misspelt_option_is_answered_with_the_nearest(name):
    with pytest.raises(FerError, match=rf"network '{name}': has no option 'droput'; did you mean 'dropout'\?$"):
        create_model(name, droput=0.2)


def test_what_only_hands_options_on_is_no_option_itself():
    with pytest.raises(FerError, match=r"has no option 'options'; known are: .*dropout"):
        create_model("alizadeh-deep", options=1)


def test_a_network_of_your_own_is_registered_by_its_class(monkeypatch):
    monkeypatch.setattr(models.registry, "_NETWORKS", dict(models.registry._NETWORKS))
    assert models.register("mine")(TinyNetwork) is TinyNetwork
    assert "mine" in list_models()
    assert list_models() == sorted(list_models())
    assert isinstance(create_model("mine", dropout=0.0), TinyNetwork)


# --- the baseline -----------------------------------------------------------------------------------------------------


def test_the_baseline_has_as_many_parameters_as_the_paper_counts():
    assert sum(weights.numel() for weights in create_model("fully-connected").parameters()) == 48 * 48 * 7 + 7 == 16_135


def test_an_untrained_network_knows_nothing():
    # Alizadeh & Fazel 2017, section 4: the loss of a fresh network is that of guessing among seven, ln 7
    torch.manual_seed(0)
    network, images, targets = standardised(create_model("fully-connected", hidden=(128,)), blobs(200))
    assert cross_entropy(network(images), targets).item() == pytest.approx(math.log(7), abs=0.2)


@pytest.mark.parametrize("options", [{}, {"hidden": (32,)}, {"hidden": [32, 16]}])
def test_a_network_overfits_a_few_images(options):
    # Alizadeh & Fazel 2017, section 4: what cannot learn twenty images by heart is broken
    torch.manual_seed(0)
    network, images, targets = standardised(create_model("fully-connected", **options), blobs(20))
    optimizer = torch.optim.Adam(network.parameters(), lr=3e-3)
    for _ in range(60):
        optimizer.zero_grad()
        loss = cross_entropy(network(images), targets)
        loss.backward()
        optimizer.step()
    assert loss < 0.1


# --- standardisation --------------------------------------------------------------------------------------------------


def test_standardising_agrees_with_numpy():
    faces = blobs(1500)  # more than one chunk
    layer = Standardize()
    layer.fit(torch.tensor(faces.images)[:, None])
    grey = faces.images.astype(np.float64) / 255
    np.testing.assert_allclose(layer.mean[0], grey.mean(0), rtol=1e-6)
    np.testing.assert_allclose(layer.spread, (grey - grey.mean(0)).std(), rtol=1e-6)


def test_standardised_training_images_have_mean_0_and_spread_1():
    network, images, _ = standardised(Standardize(), blobs(300))
    after = network(images).double()
    assert float(after.mean()) == pytest.approx(0, abs=1e-5)
    assert float(after.std(correction=0)) == pytest.approx(1, abs=1e-5)
    assert after.mean(0).abs().max() < 1e-5


def test_images_that_are_all_alike_give_numbers():
    network, images, _ = standardised(Standardize(), blobs(1))
    assert torch.isfinite(network(images)).all()


def test_mean_and_spread_travel_with_the_weights_and_are_not_trained():
    layer = Standardize()
    assert set(layer.state_dict()) == {"mean", "spread"}
    assert list(layer.parameters()) == []


# --- weights on disk --------------------------------------------------------------------------------------------------


@pytest.fixture
def trained(tiny):
    """A network whose buffers are not as they were when fresh, whole numbers among them."""
    torch.manual_seed(1)
    network, images, _ = standardised(create_model(tiny, classes=8), blobs(50))
    network.train()(images)
    return network.eval()


def test_weights_come_back_in_the_network_they_were_of(trained, tiny, tmp_path):
    save_weights(tmp_path / "w.safetensors", trained, tiny, {"classes": 8})
    loaded = load_model(tmp_path / "w.safetensors")
    assert not loaded.training
    for name, tensor in trained.state_dict().items():
        expected = tensor.half().float() if tensor.is_floating_point() else tensor
        assert torch.equal(loaded.state_dict()[name], expected), name
    images = next(Batches(blobs(50), 50).in_order())
    torch.testing.assert_close(loaded(images), trained(images), atol=0.02, rtol=0)
    assert (loaded(images).argmax(1) == trained(images).argmax(1)).float().mean() > 0.9


def test_weights_are_stored_in_two_bytes_each(trained, tiny, tmp_path):
    save_weights(tmp_path / "w.safetensors", trained, tiny, {"classes": 8})
    stored = load_file(tmp_path / "w.safetensors")
    assert {tensor.dtype for name, tensor in stored.items() if "num_batches" not in name} == {torch.float16}
    assert (tmp_path / "w.safetensors").stat().st_size < 2 * sum(t.numel() for t in stored.values()) + 2000


def test_whoever_may_read_other_files_may_read_weights(trained, tiny, tmp_path):
    (tmp_path / "other").touch()
    save_weights(tmp_path / "w.safetensors", trained, tiny, {"classes": 8})
    assert (tmp_path / "w.safetensors").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_the_same_weights_give_the_same_file(trained, tiny, tmp_path):
    for name in "abcdef":
        save_weights(tmp_path / name, trained, tiny, {"classes": 8})
    assert len({(tmp_path / name).read_bytes() for name in "abcdef"}) == 1


def test_channels_last_weights_can_be_stored(trained, tiny, tmp_path):
    save_weights(tmp_path / "w.safetensors", trained.to(memory_format=torch.channels_last), tiny, {"classes": 8})
    assert isinstance(load_model(tmp_path / "w.safetensors"), TinyNetwork)


def _write(path, tensors, name="fully-connected", options=()):
    save_file(tensors, path, metadata={"network": json.dumps({"name": name, "options": options or {}})})


def _damaged(path):
    _write(path, {"x": torch.zeros(9)})
    path.write_bytes(path.read_bytes()[:-5])


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (_damaged, "not weights"),
        (lambda path: path.write_bytes(b""), "not weights"),
        (lambda path: path.write_text("no tensors"), "not weights"),
        (lambda path: save_file({"x": torch.zeros(2)}, path), "not weights that fer_lib wrote: 'network'"),
        (lambda path: _write(path, {"x": torch.zeros(2)}), "Missing key"),
        (lambda path: _write(path, {}, name="resnet-of-mars"), "no network is called"),
        (lambda path: _write(path, {}, options=[1]), "mapping"),
        (lambda path: save_file({}, path, metadata={"network": "{"}), "not weights"),
        (lambda path: _write(path, {}, options={"depth": 1}), "depth"),
    ],
    ids=["cut", "empty", "text", "foreign", "unfit", "unknown network", "options a list", "no json", "other option"],
)
def test_a_file_that_is_not_ours_gives_one_line_that_names_it(write, message, tmp_path):
    path = tmp_path / "w.safetensors"
    write(path)
    with pytest.raises(FerError, match=message) as refused:
        load_model(path)
    assert str(path) in str(refused.value)
    assert "\n" not in str(refused.value)


def test_weights_that_a_run_left_in_the_cache_folder_are_found_by_name(tmp_path, monkeypatch):
    monkeypatch.setenv("FER_CACHE", str(tmp_path))
    model = create_model("fully-connected", hidden=(8,))
    save_weights(tmp_path / "weights" / "my-run.safetensors", model, "fully-connected", {"hidden": [8]})
    assert load_model("my-run")[2].out_features == 8


@pytest.mark.parametrize("name", ["no-such-run", "folder/none.safetensors"])
def test_weights_that_are_not_there_are_named(name):
    with pytest.raises(FerError, match=f"{name}.*no such weights"):
        load_model(name)


def test_a_variance_too_large_for_float16_is_stored_as_it_is(tmp_path):
    network = TinyNetwork().eval()
    network[2].running_var.fill_(1e6)
    save_weights(tmp_path / "w.safetensors", network, "fully-connected", {})
    stored = load_file(tmp_path / "w.safetensors")
    assert stored["2.running_var"].dtype == torch.float32
    assert (stored["2.running_var"] == 1e6).all()
    assert stored["6.weight"].dtype == torch.float16
    assert models.round_weights(network)[2].running_var[0] == 1e6


class Code:
    """Makes a file when it is unpickled."""

    def __init__(self, proof):
        self.proof = proof

    def __reduce__(self):
        return Path.touch, (self.proof,)


def test_code_in_weights_is_refused_and_does_not_run(tmp_path):
    proof, path = tmp_path / "the code ran", tmp_path / "w.safetensors"
    torch.save({"2.weight": Code(proof)}, path)
    with pytest.raises(FerError, match="not weights that fer_lib wrote"):
        load_model(path)
    assert not proof.exists()
