"""The trainer learns, keeps the best epoch, repeats itself bit for bit, and leaves the caller's world as it was."""

import inspect
import math
import shutil
import subprocess
import sys
import sysconfig
import weakref
from contextlib import nullcontext
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
import torch
from faces_for_tests import TinyNetwork, blobs
from scipy.stats import beta, kstest
from torch.nn.functional import cross_entropy

from fer_lib.augment import Augment
from fer_lib.batches import Batches
from fer_lib.data import FaceSet
from fer_lib.errors import CheckpointError, FerError
from fer_lib.labels import FERPLUS_EMOTIONS
from fer_lib.models import create_model, registry
from fer_lib.train import Recipe, Trainer, choose_device, predict
from fer_lib.train.checkpoint import in_use
from fer_lib.train.device import reproducible
from fer_lib.train.loss import mix, training_loss
from fer_lib.train.memory import explain_out_of_memory
from fer_lib.train.precision import fastest, formats, forward
from fer_lib.train.state import make_optimizer
from fer_lib.train.step import descend
from fer_lib.train.workers import Workers

TRAIN, VALIDATION = blobs(256), blobs(100, seed=1, split="validation")
RECIPE = Recipe("test-fc", "fully-connected", epochs=3, batch_size=32, precision="float32")
#: Everything that draws random numbers or keeps statistics at once.
SMALL = {"filters": (4, 4), "kernels": 3, "hidden": (8,)}
FULL = RECIPE.changed(network="tiny", average=0.9, augment=Augment(flip=0.5, rotation=10, shift=0.1, cutout=8))


def fit(recipe, train=TRAIN, validation=VALIDATION, **options):
    return Trainer(recipe, progress=False, **options).fit(train, validation)


def differing(first, second):
    """Return the names of what is not the same, bit for bit, in two models."""
    one, other = first.state_dict(), second.state_dict()
    alike = {name for name in one.keys() & other.keys() if torch.equal(one[name], other[name])}
    return sorted((one.keys() | other.keys()) - alike)


# --- what it learns ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw"])
@pytest.mark.parametrize("schedule", ["constant", "cosine", "one-cycle"])
def test_it_learns_where_the_square_is(optimizer, schedule):
    trainer = fit(RECIPE.changed(optimizer=optimizer, schedule=schedule, learning_rate=2e-3))
    assert trainer.best["validation_accuracy"] > 0.5, "chance is 0.14"


def test_it_is_never_given_the_test_part():
    assert list(inspect.signature(Trainer.fit).parameters) == ["self", "train", "validation"]


def test_an_epoch_of_history_says_how_it_went():
    trainer = fit(RECIPE.changed(schedule="cosine"))
    assert [entry["epoch"] for entry in trainer.history] == [1, 2, 3]
    for entry in trainer.history:
        assert list(entry) == [
            "epoch",
            "learning_rate",
            "train_loss",
            "train_accuracy",
            "validation_loss",
            "validation_accuracy",
            "seconds",
        ]
        assert all(math.isfinite(value) for value in entry.values())
    last_step = 1 - 0.5 / (3 * 8)  # in the middle of it
    assert trainer.history[-1]["learning_rate"] == pytest.approx(1e-3 * (1 + math.cos(math.pi * last_step)) / 2)


def test_the_first_epoch_is_what_a_loop_written_by_hand_gives():
    torch.manual_seed(RECIPE.seed)
    network = create_model("fully-connected")
    batches = Batches(TRAIN, 32)
    network[0].fit(batches.images)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    losses, right = [], 0
    for images, targets in batches.training(seed=0, epoch=0):
        logits = network(images)
        loss = cross_entropy(logits, targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        right += (logits.argmax(1) == targets).sum().item()
    logits = network(torch.tensor(VALIDATION.images)[:, None] / 255)
    trainer = fit(RECIPE.changed(epochs=1))
    assert trainer.best["train_loss"] == pytest.approx(np.mean(losses), rel=1e-5)
    assert trainer.best["train_accuracy"] == pytest.approx(right / 256)
    np.testing.assert_allclose(trainer.predict(VALIDATION), logits.detach(), atol=1e-4)


def test_the_kept_weights_are_those_of_the_best_validation_epoch():
    faces = blobs(64)
    faces.labels[:48] = np.random.default_rng(0).permutation(faces.labels[:48])  # learned by heart, they do harm
    recipe = RECIPE.changed(optimizer="sgd", learning_rate=0.03, epochs=6)
    trainer = fit(recipe, train=faces)
    best = max(trainer.history, key=lambda entry: entry["validation_accuracy"])
    assert 1 < best["epoch"] < 6, "neither the first nor the last, or this test shows nothing"
    assert trainer.best == best
    assert (trainer.predict(VALIDATION).argmax(1) == VALIDATION.labels).mean() == best["validation_accuracy"]
    assert not differing(trainer.model, fit(recipe.changed(epochs=best["epoch"]), train=faces).model), (
        "as a run that ends there"
    )


# --- what each setting does -------------------------------------------------------------------------------------------


def test_label_smoothing_is_that_of_the_loss():
    plain, smooth = (fit(RECIPE.changed(epochs=1, learning_rate=0.0, label_smoothing=share)) for share in (0.0, 0.2))
    torch.manual_seed(0)
    network = create_model("fully-connected")
    network[0].fit(Batches(TRAIN, 32).images)
    with torch.no_grad():
        logits = network(torch.tensor(TRAIN.images)[:, None] / 255)
    for trainer, share in ((plain, 0.0), (smooth, 0.2)):
        expected = cross_entropy(logits, torch.tensor(TRAIN.labels), label_smoothing=share)
        assert trainer.best["train_loss"] == pytest.approx(expected.item(), rel=1e-5)
    assert smooth.best["validation_loss"] == plain.best["validation_loss"], "validation is never smoothed"


def test_one_hot_distributions_train_as_labels_do():
    one_hot = blobs(256, targets=np.eye(7, dtype=np.float32)[TRAIN.labels])
    hard, soft = fit(RECIPE), fit(RECIPE, train=one_hot)
    assert [entry["train_accuracy"] for entry in soft.history] == [entry["train_accuracy"] for entry in hard.history]
    np.testing.assert_allclose(soft.predict(VALIDATION), hard.predict(VALIDATION), atol=1e-4)


def test_distributions_and_not_labels_are_learned():
    labels = np.random.default_rng(5).permutation(TRAIN.labels)  # wrong, beside targets that are right
    faces = blobs(256, targets=np.eye(7, dtype=np.float32)[TRAIN.labels])
    object.__setattr__(faces, "labels", labels)
    assert fit(RECIPE.changed(learning_rate=2e-3), train=faces).best["validation_accuracy"] > 0.5


def test_ferplus_labels_make_a_network_with_eight_outputs():
    faces = (blobs(64, names=FERPLUS_EMOTIONS), blobs(20, 1, "validation", names=FERPLUS_EMOTIONS))
    assert fit(RECIPE.changed(epochs=1), *faces).predict(faces[1]).shape == (20, 8)


def test_the_average_is_the_running_mean_of_weights_and_statistics_after_each_step(tiny):
    decay, steps = 0.9, 8
    seen = []
    trainer = Trainer(FULL.changed(epochs=1, average=decay), progress=False)
    step = trainer._step
    trainer._step = lambda *arguments: (step(*arguments), seen.append(numbers(trainer._state.network)))
    trainer.fit(TRAIN, VALIDATION)
    assert len(seen) == steps
    expected = seen[0]
    for later in seen[1:]:
        expected = {name: decay * expected[name] + (1 - decay) * later[name] for name in expected}
    for name, tensor in numbers(trainer.model).items():
        torch.testing.assert_close(tensor, expected[name], msg=name)
    assert "2.running_var" in expected
    assert not torch.allclose(expected["2.running_var"], seen[-1]["2.running_var"]), "batch norm is averaged too"


def numbers(network):
    """Copies of all weights and statistics that are not counts."""
    return {name: tensor.clone() for name, tensor in network.state_dict().items() if tensor.is_floating_point()}


@pytest.mark.parametrize(
    ("optimizer", "shrunk"),
    [
        ("adamw", lambda weights: weights * (1 - 1e-3 * 50)),  # decoupled from what Adam makes of gradients
        ("adam", lambda weights: weights - 1e-3 * weights.sign()),  # a gradient, which Adam brings to one size
        ("sgd", lambda weights: weights * (1 - 1.9 * 1e-3 * 50)),  # Nesterov's first step is 1.9 times it
    ],
)
def test_weight_decay_is_that_of_the_optimizer_that_was_asked_for(optimizer, shrunk):
    torch.manual_seed(0)
    network = TinyNetwork()
    weights, bias = network[1].weight, network[1].bias
    expected, before = shrunk(weights.detach().clone()), bias.detach().clone()
    made = make_optimizer(network, RECIPE.changed(optimizer=optimizer, weight_decay=50.0))
    for values in network.parameters():
        values.grad = torch.zeros_like(values)
    made.step()
    torch.testing.assert_close(weights.detach(), expected, rtol=1e-4, atol=2e-6)
    assert torch.equal(bias.detach(), before)
    assert all(group["fused"] for group in made.param_groups)


def test_augmentation_reaches_the_network():
    plain, changed = fit(RECIPE), fit(RECIPE.changed(augment=Augment(brightness=0.3)))
    assert differing(plain.model, changed.model)


# --- same seed, same result -------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_weights_and_another_seed_others(tiny):
    first, again, other = (fit(FULL.changed(seed=seed)).model for seed in (0, 0, 1))
    assert not differing(first, again)
    assert differing(first, other)


def test_the_random_numbers_of_the_caller_neither_matter_nor_are_touched(tiny):
    torch.manual_seed(1)
    before = torch.get_rng_state()
    first = fit(FULL).model
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(2)
    assert not differing(first, fit(FULL).model)


def test_finding_the_fastest_precision_changes_nothing_in_the_run(tiny, monkeypatch):
    monkeypatch.setattr("fer_lib.train.precision.WORTH_IT", 1e9)  # float32 wins
    chosen = fit(FULL.changed(precision="auto"))
    assert chosen.precision == "float32"
    assert not differing(chosen.model, fit(FULL).model)


@pytest.fixture
def _any_determinism():
    """A test may set it as it likes: afterwards it is off again, as for the other tests."""
    yield
    torch.use_deterministic_algorithms(False)


@pytest.mark.usefixtures("_any_determinism")
@pytest.mark.parametrize(("setting", "warn_only"), [(True, True), (True, False), (False, False)])
def test_the_setting_for_deterministic_algorithms_is_left_as_it_was(setting, warn_only):
    torch.use_deterministic_algorithms(setting, warn_only=warn_only)
    fit(RECIPE.changed(epochs=1))
    assert torch.are_deterministic_algorithms_enabled() is setting
    assert torch.is_deterministic_algorithms_warn_only_enabled() is warn_only
    assert torch.utils.deterministic.fill_uninitialized_memory


@pytest.mark.usefixtures("_any_determinism")
def test_a_callers_warnings_stay_warnings_while_a_cpu_trains():
    torch.use_deterministic_algorithms(True, warn_only=True)
    with reproducible(torch.device("cpu")):
        assert torch.is_deterministic_algorithms_warn_only_enabled()


@pytest.mark.usefixtures("_any_determinism")
def test_a_gpu_uses_only_algorithms_that_repeat_themselves(monkeypatch):
    monkeypatch.setattr(torch.random, "fork_rng", lambda devices: nullcontext())  # there may be no GPU to ask
    before, settings = torch.are_deterministic_algorithms_enabled(), torch.utils.deterministic
    with reproducible(torch.device("cuda")):
        assert torch.are_deterministic_algorithms_enabled()
        assert not torch.is_deterministic_algorithms_warn_only_enabled()
        assert not settings.fill_uninitialized_memory
    assert torch.are_deterministic_algorithms_enabled() is before
    assert settings.fill_uninitialized_memory


def test_one_image_is_too_few_for_batch_norm():
    with pytest.raises(FerError, match="batch norm compares the images of a batch"):
        fit(RECIPE.changed(network="convnet", options=SMALL, batch_size=1))
    fit(RECIPE.changed(batch_size=1, epochs=1), train=TRAIN[:4])  # a network without it takes one


# --- precision --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("precision", ["bfloat16", "float16"])
def test_short_number_formats_train_on_a_cpu_too(precision, tiny):
    trainer = fit(RECIPE.changed(network=tiny, precision=precision, epochs=4, learning_rate=5e-3))
    assert trainer.precision == precision
    assert trainer.best["validation_accuracy"] > 0.5
    assert {tensor.dtype for tensor in trainer.model.parameters()} == {torch.float32}
    assert trainer.predict(VALIDATION).dtype == np.float32


@pytest.mark.parametrize("precision", ["float32", "bfloat16", "float16"])
def test_only_float16_gradients_are_scaled(precision):
    scaler = fit(RECIPE.changed(precision=precision, epochs=1))._state.scaler
    assert scaler.is_enabled() == (precision == "float16")


@pytest.mark.usefixtures("_any_determinism")
@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw"])
def test_a_float16_step_whose_gradients_overflow_is_as_if_it_had_never_been(optimizer):
    recipe = RECIPE.changed(optimizer=optimizer)
    images, targets = next(Batches(TRAIN, 32).training(seed=0, epoch=0))
    torch.use_deterministic_algorithms(True)  # memory that nobody has written to holds NaN

    def after(*scales):
        torch.manual_seed(0)
        network = create_model("fully-connected")
        made = make_optimizer(network, recipe)
        for scale in scales:
            scaler = torch.amp.GradScaler("cpu", init_scale=scale)
            descend(network, made, scaler, images, targets, recipe, "float16")
        return network

    fresh, once = after(), after(1024.0)
    assert not differing(after(2.0**40), fresh)
    assert not differing(after(2.0**40, 1024.0), once)
    assert differing(once, fresh)


@pytest.mark.parametrize(
    ("capability", "expected"),
    [
        ((7, 5), ["float32", "float16"]),  # a T4, as on Colab
        ((8, 0), ["float32", "bfloat16", "float16"]),
        ((9, 0), ["float32", "bfloat16", "float16"]),
    ],
)
def test_bfloat16_is_tried_only_on_gpus_that_are_made_for_it(capability, expected, monkeypatch):
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: capability)
    assert formats(torch.device("cuda")) == expected


def test_trying_formats_leaves_weights_statistics_and_gradients_as_they_were():
    network = TinyNetwork()
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    images, targets = next(Batches(TRAIN, 32).training(seed=0, epoch=0))
    assert fastest(network, images, targets) in formats(images.device)
    assert all(torch.equal(tensor, before[name]) for name, tensor in network.state_dict().items())
    assert all(weights.grad is None for weights in network.parameters())


def test_the_fastest_format_wins_only_if_it_is_worth_it(monkeypatch):
    def race(seconds):
        clock = [0.0]
        monkeypatch.setattr("fer_lib.train.precision.time.perf_counter", lambda: clock[0])

        def timed(network, images, precision):
            clock[0] += seconds[precision]
            return forward(network, images, precision)

        monkeypatch.setattr("fer_lib.train.precision.forward", timed)
        return fastest(TinyNetwork(), *next(Batches(TRAIN, 8).training(seed=0, epoch=0)))

    assert race({"float32": 1.0, "bfloat16": 0.5}) == "bfloat16"
    assert race({"float32": 1.0, "bfloat16": 0.9}) == "float32"
    assert race({"float32": 1.0, "bfloat16": 2.0}) == "float32"


def test_logits_are_float32_in_every_format():
    images = torch.rand(4, 1, 48, 48)
    network = TinyNetwork().eval()
    exact = forward(network, images, "float32")
    for precision in ("bfloat16", "float16"):
        logits = forward(network, images, precision)
        assert logits.dtype == torch.float32
        torch.testing.assert_close(logits, exact, atol=0.1, rtol=0)
        assert not torch.equal(logits, exact), "it should have been computed in the short format"


# --- predict ----------------------------------------------------------------------------------------------------------


def test_predictions_do_not_depend_on_how_faces_are_cut_into_batches():
    network = TinyNetwork()
    whole = predict(network, VALIDATION, batch_size=100)
    for batch_size in (1, 7, 512):
        np.testing.assert_allclose(predict(network, VALIDATION, batch_size), whole, atol=1e-5)


def test_predicting_switches_dropout_off_and_needs_no_gradient():
    network = TinyNetwork(dropout=0.9).train()
    first = predict(network, VALIDATION)
    assert not network.training
    assert np.array_equal(first, predict(network, VALIDATION))
    assert first.shape == (100, 7)


# --- what goes wrong, and what is seen --------------------------------------------------------------------------------


def test_a_loss_that_is_no_number_stops_the_run_with_one_line():
    with pytest.raises(FerError, match=r"epoch 1, step 2: .*: lower the learning_rate \(1e\+38\)") as stopped:
        fit(RECIPE.changed(optimizer="sgd", learning_rate=1e38))
    assert "\n" not in str(stopped.value)


def test_weights_that_break_in_the_last_step_of_all_do_not_pass():
    # one step: its loss is that of the fresh weights, and only validation sees what the step did
    with pytest.raises(FerError, match="on validation: lower the learning_rate"):
        fit(RECIPE.changed(optimizer="sgd", learning_rate=1e38, epochs=1, batch_size=256))


def test_parts_with_different_labels_are_refused():
    with pytest.raises(FerError, match=r"train has the labels .*validation"):
        fit(RECIPE, validation=blobs(20, names=FERPLUS_EMOTIONS))


def test_an_unknown_network_is_refused():
    with pytest.raises(FerError, match="no network is called 'resnet-of-mars'"):
        fit(RECIPE.changed(network="resnet-of-mars"))


def test_without_a_progress_bar_nothing_is_printed(capfd):
    fit(RECIPE)
    assert capfd.readouterr() == ("", "")


def test_the_progress_bar_counts_all_steps_and_shows_validation(capfd):
    Trainer(RECIPE).fit(TRAIN, VALIDATION)
    shown = capfd.readouterr().err
    assert "24/24" in shown
    assert "validation=" in shown


@pytest.mark.parametrize("name", ["gpu", "cuda:99", ""])
def test_a_device_that_is_not_here_is_named(name):
    with pytest.raises(FerError, match=f"device '{name}' .*expected auto, cpu, cuda or mps"):
        choose_device(name)


def test_auto_takes_the_gpu_if_there_is_one(monkeypatch):
    assert choose_device("auto").type in ("cpu", "cuda", "mps")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert choose_device("auto") == torch.device("cuda", 0)


def test_more_processes_than_gpus_are_refused(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    monkeypatch.setenv("LOCAL_RANK", "3")
    with pytest.raises(FerError, match=r"GPUs here: 1, and torchrun started process 3 \(from 0\)"):
        choose_device("auto")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux's C library gives memory back that it needs again")
def test_a_cpu_does_not_clear_the_same_memory_at_every_step():
    program = """
import resource, sys, torch
from fer_lib.train import choose_device

def cleared_pages():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(4):
        torch.ones(10 * 2**20)  # 40 MiB are 10,240 pages
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

cleared_pages()
by_default = cleared_pages()
choose_device("cpu")
cleared_pages()
print(by_default, cleared_pages())
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    by_default, now = map(int, done.stdout.split())
    assert now < by_default / 10 or by_default < 100, done.stdout  # a C library that keeps memory anyway is fine


# --- what a recipe can add --------------------------------------------------------------------------------------------


def test_weight_decay_pulls_on_weights_and_leaves_biases_and_batch_norm_alone(tiny):
    still = RECIPE.changed(network=tiny, optimizer="sgd", epochs=1)
    pulled = fit(still.changed(weight_decay=0.5))
    groups = pulled._state.optimizer.param_groups
    assert [group["weight_decay"] for group in groups] == [0.5, 0.0]
    assert all(weights.dim() > 1 for weights in groups[0]["params"])
    assert all(weights.dim() == 1 for weights in groups[1]["params"])
    everything = [*groups[0]["params"], *groups[1]["params"]]
    assert {id(w) for w in everything} == {id(w) for w in pulled._state.network.parameters()}


def test_mixup_gives_images_and_targets_the_same_share_of_each_other():
    images = torch.arange(8.0).view(8, 1, 1, 1)
    mixed, targets = mix(images, torch.arange(8), classes=8, strength=0.4, seed=3)
    torch.testing.assert_close(targets.sum(1), torch.ones(8))
    torch.testing.assert_close(mixed.flatten(), targets @ torch.arange(8.0))
    assert (targets > 0).sum(1).max() == 2


def test_the_shares_of_mixup_follow_the_beta_distribution():
    image, label = torch.tensor([0.0, 1.0]).view(2, 1, 1, 1), torch.tensor([0, 1])
    shares = [mix(image, label, 2, 0.4, seed)[1][0, 1].item() for seed in range(4000)]
    moved = np.array([share for share in shares if share > 0])  # half of the time a partner is the image itself
    assert kstest(moved, beta(0.4, 0.4).cdf).pvalue > 0.001


def test_mixup_trains_and_is_the_same_each_time(tiny):
    recipe = FULL.changed(network=tiny, mixup=0.4, learning_rate=5e-3, epochs=4)
    first, again = fit(recipe), fit(recipe)
    assert not differing(first.model, again.model)
    assert differing(first.model, fit(recipe.changed(mixup=0.0)).model)


@pytest.mark.parametrize("precision", ["float32", "float16"])
def test_clipping_bounds_how_far_a_step_goes(precision):
    torch.manual_seed(RECIPE.seed)
    fresh = [weights.clone() for weights in create_model("fully-connected").parameters()]
    recipe = RECIPE.changed(optimizer="sgd", learning_rate=1.0, epochs=1, batch_size=256, precision=precision)
    for clip in (0.01, 0.1):
        moved = [w - f for w, f in zip(fit(recipe.changed(clip=clip)).model.parameters(), fresh, strict=True)]
        length = sum(change.square().sum() for change in moved).sqrt().item()
        assert length == pytest.approx(1.9 * clip, rel=1e-3)  # Nesterov's first step is 1.9 times the gradient


def test_each_step_mixes_and_drops_out_anew_and_images_as_their_targets(tiny, monkeypatch):
    labels = np.arange(64) % 7
    grey = (30 * labels).astype(np.uint8)[:, None, None]  # an image's grey value says its label
    faces, seen = FaceSet(np.broadcast_to(grey, (64, 48, 48)).copy(), labels, "train"), []

    def noted(network, optimizer, scaler, images, targets, *rest):
        seen.append((torch.initial_seed(), images, targets))
        return descend(network, optimizer, scaler, images, targets, *rest)

    monkeypatch.setattr("fer_lib.train.trainer.descend", noted)
    fit(RECIPE.changed(network=tiny, mixup=0.4, epochs=2), train=faces)
    for _, images, targets in seen:
        expected = targets @ torch.arange(7.0)
        torch.testing.assert_close(255 / 30 * images.mean((1, 2, 3)), expected, rtol=0, atol=1e-3)
    assert len({seed for seed, *_ in seen}) == len(seen) == 4, "dropout"
    assert len({float(targets.amax(1).min()) for *_, targets in seen}) == 4, "mixup"


def test_a_run_on_a_plateau_halves_its_rate():
    flat = RECIPE.changed(schedule="plateau", learning_rate=1e-12, epochs=7)  # too small to change a score
    assert [entry["learning_rate"] for entry in fit(flat).history] == [1e-12] * 6 + [0.5e-12]


def test_the_weights_of_the_labels_weigh_in_the_loss():
    weights = (1.0, 5.0, 1.0, 1.0, 1.0, 1.0, 0.5)
    logits, labels = torch.randn(20, 7), torch.arange(20) % 7
    recipe = RECIPE.changed(class_weights=weights, label_smoothing=0.1)
    expected = torch.nn.CrossEntropyLoss(torch.tensor(weights), label_smoothing=0.1)(logits, labels)
    torch.testing.assert_close(training_loss(logits, labels, recipe), expected)
    certain = torch.nn.functional.one_hot(labels, 7).float()  # the same targets, in the form of FER+ and mixup
    torch.testing.assert_close(training_loss(logits, certain, recipe), expected)
    for targets in (labels, certain):  # as two workers see them
        halves = [training_loss(logits[at::2], targets[at::2], recipe, targets) for at in range(2)]
        torch.testing.assert_close(sum(halves) / 2, expected)


def test_a_weight_on_a_rare_label_is_paid_for_by_the_others():
    few = TRAIN[np.flatnonzero((TRAIN.labels != 1) | (np.arange(len(TRAIN)) % 5 == 0))]
    recall = {}
    for weight in (1.0, 20.0):
        weights = (1.0, weight, *[1.0] * 5)
        logits = fit(RECIPE.changed(class_weights=weights, epochs=6), train=few).predict(VALIDATION)
        said = logits.argmax(1) == 1
        recall[weight] = said[VALIDATION.labels == 1].mean()
    assert recall[20.0] > recall[1.0]


def test_a_wrong_number_of_label_weights_is_refused():
    with pytest.raises(FerError, match=r"class_weights has 3 values for 7 labels"):
        fit(RECIPE.changed(class_weights=(1, 2, 3)))


def test_it_stops_when_validation_has_not_improved_for_a_while():
    patient = fit(RECIPE.changed(learning_rate=0.0, epochs=10, patience=3))
    assert len(patient.history) == 4
    assert patient.best["epoch"] == 1


class InStages(TinyNetwork):
    """Frozen at first, like a pretrained network."""

    freed = ()

    def free(self, stages):
        InStages.freed += (stages,)
        self[1].requires_grad_(stages > 0)


def test_a_frozen_network_is_freed_after_the_epochs_its_recipe_names(monkeypatch):
    monkeypatch.setitem(registry._NETWORKS, "in-stages", InStages)
    monkeypatch.setattr(InStages, "freed", ())
    fit(RECIPE.changed(network="in-stages", epochs=4, stages=(1, 3)))
    assert InStages.freed == (0, 1, 2)


class FrozenAtFirst(TinyNetwork):
    """Frozen when it is made, before there is an optimizer, as a pretrained network is."""

    def __init__(self, classes=7):
        super().__init__(classes)
        self.free(0)

    def free(self, stages):
        self[1].requires_grad_(stages > 0)


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw"])
def test_a_frozen_layer_stays_as_it_was_and_learns_once_it_is_freed(monkeypatch, optimizer):
    monkeypatch.setitem(registry._NETWORKS, "frozen-at-first", FrozenAtFirst)
    recipe = RECIPE.changed(network="frozen-at-first", optimizer=optimizer, weight_decay=0.1, stages=(2,))
    torch.manual_seed(recipe.seed)
    fresh = create_model("frozen-at-first")[1].weight
    frozen, freed = (fit(recipe.changed(epochs=epochs))._state.network[1].weight for epochs in (2, 3))
    assert torch.equal(frozen, fresh), "neither a gradient nor weight decay reaches it"
    assert not torch.equal(freed, fresh)


def test_stages_for_a_network_that_has_none_are_refused():
    with pytest.raises(FerError, match="'fully-connected' has no stages to free"):
        fit(RECIPE.changed(stages=(1,)))


# --- what goes wrong --------------------------------------------------------------------------------------------------


def test_a_loss_that_breaks_later_names_its_step_and_keeps_the_state_from_before(tmp_path, monkeypatch):
    path = tmp_path / "run.pt"
    step, count = Trainer._step, []

    def breaks(self, images, targets, rate):
        count.append(1)
        step(self, images * (torch.nan if len(count) == 12 else 1), targets, rate)

    monkeypatch.setattr(Trainer, "_step", breaks)
    with pytest.raises(FerError, match=r"epoch 2, step 4: .*not a number.*; the state before is in .*run\.pt"):
        fit(RECIPE, checkpoint=path, checkpoint_every=0)
    monkeypatch.undo()
    assert not differing(fit(RECIPE, checkpoint=path).model, fit(RECIPE).model)


class Greedy(TinyNetwork):
    """Runs out of memory when more than 10 images are held at a time."""

    held: ClassVar = weakref.WeakSet()

    def forward(self, images):
        maps = images + 1
        self.held.add(maps)
        if sum(map(len, self.held)) > 10:
            raise torch.cuda.OutOfMemoryError("CUDA out of memory")
        return super().forward(images)


@pytest.mark.parametrize("precision", ["float32", "auto"])
def test_a_batch_that_does_not_fit_is_answered_with_one_that_would(monkeypatch, precision):
    monkeypatch.setitem(registry._NETWORKS, "greedy", Greedy)
    with pytest.raises(FerError, match=r"a batch of 32 images needs more memory .*; 8 would fit: set batch_size=8"):
        fit(RECIPE.changed(network="greedy", precision=precision))


def test_memory_that_runs_out_in_the_optimizers_step_is_explained_too(monkeypatch):
    def full(*_, **__):
        raise torch.cuda.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(torch.optim.Adam, "step", full)
    with pytest.raises(FerError, match=r"a batch of 32 images needs more memory .*; 16 would fit"):
        fit(RECIPE.changed(optimizer="adam"))


def test_the_batch_that_would_fit_is_that_of_all_workers():
    network, images = torch.nn.DataParallel(Greedy()), torch.rand(32, 1, 48, 48)  # a wrapper, as for several workers
    found = r"a batch of 64 images needs more memory .*; 16 would fit"
    with pytest.raises(FerError, match=found), explain_out_of_memory(network, images, "float32", workers=2):
        network(images)


def test_where_not_even_one_image_fits_a_smaller_network_is_advised():
    def never(images):
        raise torch.cuda.OutOfMemoryError("CUDA out of memory")

    found, images = "not even one image fits: take a smaller network", torch.rand(8, 1, 48, 48)
    with pytest.raises(FerError, match=found), explain_out_of_memory(never, images, "float32"):
        never(images)


def test_a_trainer_that_has_not_trained_says_so():
    with pytest.raises(FerError, match=r"nothing is trained yet: call fit\(train, validation\) first"):
        Trainer(RECIPE).predict(VALIDATION)


def test_two_processes_do_not_train_with_one_checkpoint(tmp_path):
    path = tmp_path / "run.pt"
    with (
        in_use(path, Workers(torch.device("cpu"))),
        pytest.raises(CheckpointError, match="another process is training with it"),
    ):
        fit(RECIPE, checkpoint=path)
    fit(RECIPE, checkpoint=path)


def test_a_checkpoint_in_a_place_that_is_no_folder_is_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(CheckpointError, match=r"run\.pt: cannot be saved: "):
        fit(RECIPE, checkpoint=tmp_path / "file" / "run.pt")


CAN_COMPILE = any(map(shutil.which, ("g++", "clang++"))) and Path(sysconfig.get_path("include"), "Python.h").is_file()


@pytest.mark.skipif(not CAN_COMPILE, reason="torch.compile needs a C++ compiler and Python's headers")
def test_compiled_it_learns_the_same(monkeypatch):
    compile, compiled = torch.compile, []
    monkeypatch.setattr(torch, "compile", lambda network: compiled.append(network) or compile(network))
    recipe = RECIPE.changed(network="greblo-deep", options=SMALL)
    plain = fit(recipe)
    assert not compiled, "only if it is asked for"
    fast = fit(recipe, compile=True)
    assert compiled
    assert fast.history[0]["train_loss"] == pytest.approx(plain.history[0]["train_loss"], rel=1e-2)
