"""Histograms of oriented gradients in tensor code, against scikit-image's."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from fer_lib.data import load
from fer_lib.models.hog import Hog

skimage = pytest.importorskip("skimage.feature", reason="scikit-image is an extra")


def theirs(images, orientations=9, cell=8, block=2):
    options = {"pixels_per_cell": (cell, cell), "cells_per_block": (block, block), "block_norm": "L2-Hys"}
    return np.stack([skimage.hog(image / 255, orientations, **options) for image in images])


def ours(images, **options):
    return Hog(**options)(torch.tensor(images)[:, None] / 255).numpy()


def test_it_is_scikit_images_on_faces():
    images = load("synthetic", n=60).train.images
    np.testing.assert_allclose(ours(images), theirs(images), atol=1e-5)


@pytest.mark.parametrize(("orientations", "cell", "block"), [(6, 8, 2), (9, 12, 1), (9, 16, 3), (5, 6, 2)])
def test_it_is_scikit_images_whatever_its_settings(orientations, cell, block):
    images = load("synthetic", n=20).train.images[:5]
    options = {"orientations": orientations, "cell": cell, "block": block}
    np.testing.assert_allclose(ours(images, **options), theirs(images, **options), atol=1e-5)
    assert Hog(**options).length(48) == theirs(images, **options).shape[1]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 255), st.integers(0, 2**31))
def test_flat_images_give_nothing_and_noise_nothing_infinite(grey, seed):
    assert (ours(np.full((1, 48, 48), grey, np.uint8)) == 0).all()
    noise = np.random.default_rng(seed).integers(0, 256, (1, 48, 48), dtype=np.uint8)
    assert np.isfinite(ours(noise)).all()


def test_mirroring_the_face_mirrors_the_cells():
    images = load("synthetic", n=20).train.images[:3]
    plain = ours(images, cell=8, block=1).reshape(3, 6, 6, 9)
    mirrored = ours(images[:, :, ::-1].copy(), cell=8, block=1).reshape(3, 6, 6, 9)
    turned = mirrored[:, :, ::-1, ::-1]  # the cells, and with them 20 degrees become 160
    assert np.corrcoef(turned.ravel(), plain.ravel())[0, 1] > 0.9


def test_it_has_nothing_to_learn():
    assert not list(Hog().parameters())
    assert not Hog()(torch.rand(1, 1, 48, 48, requires_grad=True)).requires_grad
