"""Augmentation: the batch version equals one image at a time, and each change does what its name says."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from fer_lib.augment import Augment, Changes, cut_out, move
from fer_lib.batches import stream
from fer_lib.errors import FerError

STRONG = Augment(flip=0.5, rotation=15, scale=0.15, shift=0.1, brightness=0.2, contrast=0.3, cutout=10)


def picture(seed, count=4, size=48):
    """Smooth random images, so that interpolation errors stay small."""
    coarse = torch.rand(count, 1, 6, 6, generator=torch.Generator().manual_seed(seed))
    return torch.nn.functional.interpolate(coarse, size=size, mode="bicubic").clamp(0, 1)


def still(count=1, **changed):
    """Changes that change nothing but what is named."""
    values = {
        "flip": torch.zeros(count, dtype=torch.bool),
        "angle": torch.zeros(count),
        "scale": torch.ones(count),
        "shift": torch.zeros(count, 2),
        "brightness": torch.zeros(count),
        "contrast": torch.ones(count),
        "hole": torch.full((count, 2), 0.5),
    }
    return Changes(**{**values, **changed})


def one(changes, index):
    return Changes(*(numbers[index : index + 1] for numbers in changes))


@given(seed=st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_a_batch_is_changed_as_each_of_its_images_alone(seed):
    images = picture(seed)
    changes = STRONG.draw(len(images), stream(seed, 0))
    batch = STRONG.apply(images, changes)
    alone = torch.cat([STRONG.apply(images[i : i + 1], one(changes, i)) for i in range(len(images))])
    torch.testing.assert_close(batch, alone, atol=1e-6, rtol=0)


@given(seed=st.integers(0, 10_000), degrees=st.floats(-30, 30), scale=st.floats(0.8, 1.2), right=st.floats(-0.15, 0.15))
@settings(max_examples=20, deadline=None)
def test_moving_agrees_with_pillow_one_image_at_a_time(seed, degrees, scale, right):
    image = picture(seed, count=1)
    angle = math.radians(degrees)
    moved = move(
        image, still(angle=torch.tensor([angle]), scale=torch.tensor([scale]), shift=torch.tensor([[right, 0.0]]))
    )
    # Pillow's matrix leads an output pixel's corner (x, y) to where it came from
    cos, sin, centre, step = math.cos(angle) / scale, math.sin(angle) / scale, 24.0, right * 48
    x0, y0 = centre + step, centre
    matrix = (cos, -sin, centre - cos * x0 + sin * y0, sin, cos, centre - sin * x0 - cos * y0)
    reference = Image.fromarray(image[0, 0].numpy()).transform(
        (48, 48), Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR
    )
    reference = torch.from_numpy(np.array(reference))
    inside = torch.zeros(48, 48, dtype=torch.bool)
    inside[14:34, 14:34] = True  # beyond, the two fill in differently
    torch.testing.assert_close(moved[0, 0][inside], reference[inside], atol=2e-3, rtol=0)


@given(seed=st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_grey_values_stay_between_0_and_1_and_the_input_as_it_was(seed):
    images = picture(seed)
    before = images.clone()
    after = STRONG.apply(images, STRONG.draw(len(images), stream(seed, 1)))
    assert after.min() >= 0
    assert after.max() <= 1
    assert after.shape == images.shape
    assert torch.equal(images, before)


def test_a_positive_angle_turns_anticlockwise():
    image = torch.zeros(1, 1, 48, 48)
    image[..., 20:28, 40:44] = 1  # a spot on the right
    turned = move(image, still(angle=torch.tensor([math.pi / 2])))
    assert turned[..., :10, 20:28].sum() > 25, "the spot should now be at the top"


def test_a_scale_above_1_makes_the_face_grow():
    image = torch.zeros(1, 1, 48, 48)
    image[..., 20:28, 20:28] = 1
    assert move(image, still(scale=torch.tensor([1.5]))).sum() == pytest.approx(64 * 1.5**2, rel=0.05)


def test_shift_moves_right_and_down():
    image = torch.zeros(1, 1, 48, 48)
    image[..., 10, 10] = 1
    moved = move(image, still(shift=torch.tensor([[6 / 48, 12 / 48]])))
    assert moved[0, 0, 22, 16] == pytest.approx(1, abs=1e-4)


def test_mirroring_twice_changes_nothing():
    images = picture(0)
    mirror = Augment(flip=1.0)
    changes = mirror.draw(len(images), stream(0, 0))
    assert torch.equal(mirror.apply(mirror.apply(images, changes), changes), images)
    assert torch.equal(mirror.apply(images, changes), images.flip(-1))


def test_contrast_keeps_the_mean_and_scales_the_spread():
    images = 0.4 + 0.2 * picture(0)
    contrast = Augment(contrast=0.5)
    changed = contrast.apply(images, still(len(images), contrast=torch.full((len(images),), 0.5)))
    torch.testing.assert_close(changed.mean((1, 2, 3)), images.mean((1, 2, 3)))
    torch.testing.assert_close(changed.std((1, 2, 3)), images.std((1, 2, 3)) / 2)


def test_cutout_blots_out_a_square_of_the_asked_side():
    images = picture(0, count=2)
    holes = cut_out(images, torch.tensor([[0.5, 0.5], [0.0, 0.0]]), side=10)
    changed = (holes != images).sum((1, 2, 3))
    assert changed.tolist() == [100, 25], "whole in the middle, a quarter in the corner"
    torch.testing.assert_close(holes[0, 0, 20, 20], images[0].mean())


def test_equal_streams_draw_equal_changes_and_others_do_not():
    first, again, other = (STRONG.draw(8, stream(0, epoch, 3)) for epoch in (1, 1, 2))
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    assert not torch.equal(first.angle, other.angle)


def test_switching_one_change_on_leaves_the_others_as_they_were():
    alone = Augment(rotation=10).draw(8, stream(0, 0))
    both = Augment(rotation=10, flip=0.5, cutout=8).draw(8, stream(0, 0))
    assert torch.equal(alone.angle, both.angle)


def test_images_of_one_batch_are_changed_differently():
    changes = STRONG.draw(64, stream(0, 0))
    assert len(changes.angle.unique()) == 64
    assert 10 < changes.flip.sum() < 54


@pytest.mark.parametrize("wrong", [{"flip": 1.5}, {"rotation": -1}, {"scale": 1.0}, {"cutout": -3}])
def test_settings_that_make_no_sense_are_refused(wrong):
    with pytest.raises(FerError, match=next(iter(wrong))):
        Augment(**wrong)


def test_changes_are_drawn_as_far_either_way_as_asked():
    augment = Augment(flip=0.25, rotation=30, scale=0.2, shift=0.1, brightness=0.3, contrast=0.4)
    drawn = augment.draw(5000, stream(0, 0))
    expected = {"angle": (0, math.radians(30)), "scale": (1, 0.2), "shift": (0, 0.1), "hole": (0.5, 0.5)}
    for name, (middle, far) in {**expected, "brightness": (0, 0.3), "contrast": (1, 0.4)}.items():
        ends = getattr(drawn, name).aminmax()
        assert [end.item() for end in ends] == pytest.approx([middle - far, middle + far], abs=0.02 * far), name
    assert drawn.flip.float().mean() == pytest.approx(0.25, abs=0.03)
