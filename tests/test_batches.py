"""What a step sees is a pure function of (seed, epoch, step), and each image is seen once an epoch."""

from itertools import chain

import numpy as np
import pytest
import torch
from faces_for_tests import blobs
from hypothesis import given, settings
from hypothesis import strategies as st

from fer_lib.augment import Augment
from fer_lib.batches import Batches, stream, stream_seed
from fer_lib.data import FaceSet

STRONG = Augment(flip=0.5, rotation=15, shift=0.1, cutout=10)


def numbered(count):
    """Faces that can be told apart in a batch: face i is black but for its first two pixels, which hold i."""
    images = np.zeros((count, 48, 48), np.uint8)
    images[:, 0, 0], images[:, 0, 1] = np.divmod(np.arange(count), 256)
    return FaceSet(images, np.arange(count) % 7, "train")


def numbers(batches, **which):
    """Which faces each batch of an epoch holds."""
    return [
        (255 * (256 * images[:, 0, 0, 0] + images[:, 0, 0, 1])).round().int().tolist()
        for images, _ in batches.training(**which)
    ]


@given(count=st.integers(1, 400), batch_size=st.integers(1, 128), seed=st.integers(0, 99), epoch=st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_an_epoch_shows_no_face_twice_and_leaves_out_less_than_a_batch(count, batch_size, seed, epoch):
    batches = Batches(numbered(count), batch_size)
    seen = numbers(batches, seed=seed, epoch=epoch)
    assert len(seen) == len(batches)
    assert {len(batch) for batch in seen} == {min(batch_size, count)}
    flat = list(chain.from_iterable(seen))
    assert len(set(flat)) == len(flat) > count - batch_size


def test_the_order_depends_on_epoch_and_seed_and_on_nothing_else():
    batches = Batches(numbered(300), 32)
    first = numbers(batches, seed=0, epoch=0)
    assert first[0] != sorted(first[0])
    assert numbers(batches, seed=0, epoch=1) != first
    assert numbers(batches, seed=1, epoch=0) != first
    torch.manual_seed(99)
    np.random.seed(99)
    assert numbers(Batches(numbered(300), 32), seed=0, epoch=0) == first


@pytest.mark.parametrize("augment", [None, STRONG], ids=["plain", "augmented"])
@pytest.mark.parametrize("start", [0, 1, 5, 9])
def test_an_epoch_taken_up_at_a_step_goes_on_as_if_it_had_never_stopped(start, augment):
    batches = Batches(blobs(150), 16)
    whole = list(batches.training(seed=3, epoch=2, augment=augment))
    rest = list(batches.training(seed=3, epoch=2, start=start, augment=augment))
    assert len(rest) == len(whole) - start
    for (images, targets), (expected_images, expected_targets) in zip(rest, whole[start:], strict=True):
        assert torch.equal(images, expected_images)
        assert torch.equal(targets, expected_targets)


def test_augmentation_changes_from_step_to_step_and_leaves_the_targets():
    faces = FaceSet(np.repeat(blobs(1).images, 64, axis=0), np.arange(64) % 7, "train")
    (first, first_targets), (second, _) = Batches(faces, 32).training(seed=0, epoch=0, augment=STRONG)
    plain = next(Batches(faces, 32).training(seed=0, epoch=0))
    assert not torch.equal(first, second), "the same face, so only the changes can differ"
    assert not torch.equal(first, plain[0])
    assert torch.equal(first_targets, plain[1])


def test_a_set_smaller_than_a_batch_is_one_batch():
    batches = Batches(numbered(5), 128)
    assert [sorted(batch) for batch in numbers(batches, seed=0, epoch=0)] == [[0, 1, 2, 3, 4]]


def test_a_batch_holds_each_face_with_its_own_label():
    for images, targets in Batches(numbered(300), 32).training(seed=0, epoch=0):
        face = (255 * (256 * images[:, 0, 0, 0] + images[:, 0, 0, 1])).round().long()
        assert torch.equal(targets, face % 7)


def test_grey_values_run_from_0_to_1():
    faces = FaceSet(
        np.stack([np.zeros((48, 48), np.uint8), np.full((48, 48), 255, np.uint8)]), np.array([0, 1]), "test"
    )
    images = next(Batches(faces, 2).in_order())
    assert images.dtype == torch.float32
    assert images.unique().tolist() == [0.0, 1.0]


def test_label_distributions_take_the_place_of_labels():
    targets = np.random.default_rng(0).dirichlet(np.ones(7), 20).astype(np.float32)
    _, batch = next(Batches(blobs(20, targets=targets), 20).training(seed=0, epoch=0))
    assert batch.dtype == torch.float32
    assert sorted(batch.tolist()) == sorted(targets.tolist())


def test_images_wait_on_the_device_as_one_byte_a_pixel():
    batches = Batches(blobs(64), 16)
    assert batches.images.dtype == torch.uint8
    assert batches.images.untyped_storage().nbytes() == 64 * 48 * 48


def test_a_read_only_memory_map_can_be_used_and_is_left_alone(tmp_path):
    np.save(tmp_path / "images.npy", blobs(8).images)
    images = np.load(tmp_path / "images.npy", mmap_mode="r")
    batches = Batches(FaceSet(images, np.zeros(8, np.int64), "train"), 4)
    batches.images.zero_()
    assert images.any()


def test_in_order_gives_every_face_in_its_place():
    parts = list(Batches(numbered(70), 32).in_order())
    assert [len(part) for part in parts] == [32, 32, 6]
    assert (255 * torch.cat(parts)[:, 0, 0, 1]).round().int().tolist() == list(range(70))


def test_neighbouring_steps_share_no_random_numbers():
    seeds = [stream_seed(seed, epoch, step) for seed in range(5) for epoch in range(20) for step in range(20)]
    assert len(set(seeds)) == len(seeds)
    assert all(0 <= seed < 2**63 for seed in seeds)
    draws = torch.stack([torch.rand(1000, generator=stream(0, 0, step)) for step in range(10)])
    assert torch.corrcoef(draws).fill_diagonal_(0).abs().max() < 0.15
