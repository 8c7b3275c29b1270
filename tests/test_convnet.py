"""The family of networks: every option does what it says, and what cannot be built is refused in one line."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from fer_lib.claims import claims
from fer_lib.errors import FerError
from fer_lib.models import ConvNet, create_model, list_models, summary
from fer_lib.models.hog import Hog

IMAGES = torch.rand(4, 1, 48, 48, generator=torch.Generator().manual_seed(0))


def count(network):
    return sum(weights.numel() for weights in network.parameters())


def kinds(block):
    return [type(layer).__name__ for layer in block]


@settings(max_examples=25, deadline=None)
@given(
    layers=st.integers(1, 4),
    kernel=st.integers(1, 5),
    norm=st.booleans(),
    pool=st.sampled_from([0, 2, 3]),
    dropout=st.sampled_from([0.0, 0.3]),
    hidden=st.lists(st.integers(1, 16), max_size=3),
)
def test_any_network_that_fits_computes_what_it_announces(layers, kernel, norm, pool, dropout, hidden):
    network = ConvNet(
        5,
        filters=[3] * layers,
        kernels=kernel,
        batch_norm=norm,
        pool=[pool] + [2] * (layers - 1),
        dropout=dropout,
        hidden=hidden,
        hidden_batch_norm=norm,
    ).eval()
    assert network(IMAGES).shape == (4, 5)
    maps = IMAGES
    for block, (channels, side) in zip(network.features, network.maps[1:], strict=True):
        maps = block(maps)
        assert maps.shape == (4, channels, side, side)


def test_a_layer_holds_what_the_paper_says_in_its_order():
    network = ConvNet(filters=(4, 4), dropout=(0.1, 0), pool=(0, 2), batch_norm=(True, False), hidden=(8,))
    assert kinds(network.features[0]) == ["Conv2d", "BatchNorm2d", "ReLU", "Dropout2d"]
    assert kinds(network.features[1]) == ["Conv2d", "ReLU", "MaxPool2d"]
    assert kinds(network.head[0]) == ["Linear", "BatchNorm1d", "ReLU"]
    assert isinstance(network.head[1], nn.Linear)


def test_it_is_the_same_function_as_the_layers_written_out():
    network = ConvNet(filters=(4, 8), kernels=(3, 5), pool=(0, (3, 2)), hidden=(16,), hidden_dropout=0.5).eval()
    network.standardize.mean.fill_(0.4)
    conv1, norm1, conv2, norm2 = (network.features[i][j] for i in (0, 1) for j in (0, 1))
    x = torch.relu(norm1(nn.functional.conv2d(IMAGES - 0.4, conv1.weight, padding=1)))
    x = torch.relu(norm2(nn.functional.conv2d(x, conv2.weight, padding=2)))
    x = nn.functional.max_pool2d(x, 3, 2).flatten(1)
    x = torch.relu(network.head[0][1](x @ network.head[0][0].weight.T))
    expected = x @ network.head[1].weight.T + network.head[1].bias
    torch.testing.assert_close(network(IMAGES), expected, rtol=1e-4, atol=1e-5)


def test_every_option_may_differ_from_layer_to_layer():
    network = ConvNet(
        filters=(4, 6, 8),
        kernels=(3, 5, 3),
        strides=(1, 2, 1),
        padding=("same", 2, 0),
        batch_norm=(True, False, True),
        dropout=(0, 0.1, 0.2),
        pool=(0, 2, (3, 1)),
        hidden=(16, 8),
        hidden_batch_norm=(False, True),
        hidden_dropout=(0.4, 0),
    )
    assert [block[0].kernel_size for block in network.features] == [(3, 3), (5, 5), (3, 3)]
    assert [kinds(block) for block in network.features] == [
        ["Conv2d", "BatchNorm2d", "ReLU"],
        ["Conv2d", "ReLU", "Dropout2d", "MaxPool2d"],
        ["Conv2d", "BatchNorm2d", "ReLU", "Dropout2d", "MaxPool2d"],
    ]
    assert [kinds(block) for block in network.head[:-1]] == [
        ["Linear", "ReLU", "Dropout"],
        ["Linear", "BatchNorm1d", "ReLU"],
    ]
    rates = [layer.p for layer in network.modules() if isinstance(layer, (nn.Dropout, nn.Dropout2d))]
    assert rates == [0.1, 0.2, 0.4]
    assert network.maps == [(1, 48), (4, 48), (6, 12), (8, 8)]
    maps = IMAGES
    for block, (channels, side) in zip(network.features, network.maps[1:], strict=True):
        maps = block(maps)
        assert maps.shape == (4, channels, side, side), "the sides that torch gives"
    assert network(IMAGES).shape == (4, 7)


def test_hog_of_the_image_as_it_came_joins_the_features():
    network, seen = ConvNet(filters=(4,), hidden=(8,), hog=True).eval(), []
    network.standardize.mean.copy_(torch.rand(1, 48, 48, generator=torch.Generator().manual_seed(1)))
    network.head.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    network(IMAGES)
    features = network.features(network.standardize(IMAGES)).flatten(1)
    assert Hog()(IMAGES).shape == (4, 900)
    torch.testing.assert_close(seen[0], torch.cat((features, Hog()(IMAGES)), dim=1))


@pytest.mark.parametrize("norm", [True, False])
def test_ten_layers_neither_explode_nor_fall_silent_at_the_beginning(norm):
    network = ConvNet(filters=[8] * 10, batch_norm=norm, pool=[2, 0, 2, 0, 2, 0, 0, 0, 0, 0], hidden=(16,))
    network.standardize.mean.fill_(0.5)
    network.standardize.spread.fill_(0.29)
    spread = network.features(network.standardize(IMAGES)).std()
    assert 0.1 < spread < 10


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"filters": (4, 4), "kernels": (3, 3, 3)}, "kernels has 3 values, filters has 2: expected one value a layer"),
        ({"hidden": (8,), "hidden_dropout": (0.1, 0.2)}, "hidden_dropout has 2 values, hidden has 1"),
        ({"filters": (4,) * 6, "padding": 0}, "a kernel of 3x3 does not fit in a map of 1x1 padded by 0"),
        ({"filters": (4,) * 7}, "a pooling window of 2x2 does not fit in a map of 1x1"),
        ({"filters": (4,), "strides": 2}, "padding 'same' needs stride 1, found stride 2"),
        ({"filters": (4,), "strides": 0, "padding": 0}, "strides is 0, expected whole numbers of pixels from 1 up"),
        ({"filters": (4,), "kernels": 0}, "kernels is 0, expected whole numbers of pixels from 1 up"),
        ({"filters": (4,), "padding": -1}, "padding is -1, expected whole numbers of pixels from 0 up"),
        ({"filters": (4,), "pool": -1}, "pool is -1, expected whole numbers of pixels from 1 up"),
        ({"pool": ((3, 0), 2)}, r"pool is \(3, 0\), expected whole numbers of pixels from 1 up"),
        ({"dropout": -0.5}, "dropout probability has to be between 0 and 1, but got -0.5"),
        ({"filters": (4,), "colour": True}, "colour"),
    ],
)
def test_what_cannot_be_built_is_refused_in_one_line(options, said):
    with pytest.raises(FerError, match=said) as refused:
        create_model("convnet", **options)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("convnet", {"filters": (8, 0)}, r"filters is \(8, 0\), expected whole numbers from 1 up"),
        ("convnet", {"hidden": (2.5,)}, r"hidden is \(2.5,\), expected whole numbers"),
        ("convnet", {"hidden": 128}, r"hidden is 128, expected whole numbers from 1 up, one a layer, such as \(128,\)"),
        ("fully-connected", {"hidden": (0,)}, r"hidden is \(0,\), expected whole numbers"),
        ("fully-connected", {"hidden": 128}, "hidden is 128, expected whole numbers"),
        ("resnet2025-residual", {"filters": ()}, "filters has 0 values, expected 1 to 6"),
        ("resnet2025-residual", {"filters": (8,) * 7}, "filters has 7 values, expected 1 to 6: 48 pixels can be"),
        ("resnet2025-residual", {"filters": (8, -1)}, r"filters is \(8, -1\), expected whole numbers"),
        ("resnet2025-residual", {"hidden": 64}, "hidden is 64, expected whole numbers"),
    ],
)
def test_sizes_that_are_none_are_refused_by_every_network(name, options, said):
    with pytest.raises(FerError, match=said):
        create_model(name, **options)


# --- the papers' networks ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("claim", claims(metric="parameters"), ids=lambda claim: claim.run)
def test_a_network_has_as_many_parameters_as_its_paper_prints(claim):
    assert round(count(create_model(claim.run)), -5) == claim.value


@pytest.mark.parametrize(
    ("name", "maps"),
    [
        ("alizadeh-shallow", [(1, 48), (32, 48), (64, 24)]),
        ("greblo-shallow", [(1, 48), (32, 48), (64, 24)]),
        ("alizadeh-deep", [(1, 48), (64, 24), (128, 12), (512, 6), (512, 3)]),
        ("greblo-deeper", [(1, 48), (64, 24), (128, 12), (256, 6), (512, 3), (512, 1)]),
        ("salimov-small", [(1, 48), (32, 48), (64, 24), (128, 12), (256, 6), (512, 3), (1024, 1)]),
    ],
)
def test_the_maps_of_a_papers_network(name, maps):
    assert create_model(name).maps == maps


def test_the_two_deep_networks_are_one():
    ours, theirs = create_model("greblo-deep"), create_model("alizadeh-deep")
    assert str(ours) == str(theirs)


def test_shallow_networks_differ_in_their_second_kernel():
    assert create_model("alizadeh-shallow").features[1][0].kernel_size == (3, 3)
    assert create_model("greblo-shallow").features[1][0].kernel_size == (5, 5)


@pytest.mark.parametrize("layers", range(2, 8))
@pytest.mark.parametrize("kernel", range(2, 6))
def test_every_cell_of_salimovs_search_can_be_built(layers, kernel):
    network = create_model("salimov-small", layers=layers, kernel=kernel)
    assert [channels for channels, _ in network.maps[1:]] == [32 * 2**i for i in range(layers)]
    assert {block[0].kernel_size for block in network.features} == {(kernel, kernel)}
    assert network.eval()(IMAGES[:1]).shape == (1, 7)


@pytest.mark.parametrize("name", sorted(set(list_models()) - {"transfer"}))
@pytest.mark.parametrize("classes", [7, 8])
def test_every_network_takes_a_batch_and_learns_from_it(name, classes):
    network = create_model(name, classes=classes).train()
    logits = network(IMAGES)
    assert logits.shape == (4, classes)
    nn.functional.cross_entropy(logits, torch.tensor([0, 1, 2, 3])).backward()
    assert all(weights.grad is not None and weights.grad.isfinite().all() for weights in network.parameters())


# --- the summary ------------------------------------------------------------------------------------------------------


def test_the_summary_counts_what_a_hand_counts():
    layers = {layer.name: layer for layer in summary(create_model("greblo-deep"))}
    conv = layers["features.1.0"]  # 128 filters of 64 x 5 x 5 at 24 x 24 places
    assert conv.shape == (128, 24, 24)
    assert conv.parameters == 128 * 64 * 25
    assert conv.multiply_adds == 128 * 64 * 25 * 24 * 24
    first = layers["head.0.0"]
    assert (first.parameters, first.multiply_adds) == (256 * 4608, 256 * 4608)


@pytest.mark.parametrize(
    "name", ["greblo-shallow", "ieee-six-conv", "salimov-small", "resnet2025-residual", "transfer"]
)
def test_the_summary_adds_up_to_all_parameters_and_leaves_the_network_as_it_was(name):
    network = create_model(name, **({"imagenet": False} if name == "transfer" else {})).train()
    layers = summary(network)
    assert sum(layer.parameters for layer in layers) == count(network)
    assert network.training
    assert not any(module._forward_hooks for module in network.modules())
