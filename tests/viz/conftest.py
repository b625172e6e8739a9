"""A tiny network in VGG19's place, and two small pictures."""

from contextlib import contextmanager

import numpy as np
import pytest
import reference

from tf_nst.model.networks import NETWORKS
from tf_nst.model.weights import Weights
from tf_nst.viz.sight import Sight

# What keeps a run short: Adam's step is traced in half the time of L-BFGS'.
SMALL = {
    "size": 32,
    "weights": "random",
    "steps": 3,
    "precision": "float32",
    "optimizer": "adam",
}


@pytest.fixture(scope="session")
def tiny_in_place(tiny):
    """While this lasts, a network of 4 and 8 channels is in VGG19's place: () -> a context, of
    options that run with it and random weights."""

    @contextmanager
    def put():
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(NETWORKS, "vgg19", tiny)
            yield dict(SMALL)

    return put


@pytest.fixture
def tiny_vgg(tiny_in_place):
    """Those options, in one test."""
    with tiny_in_place() as options:
        yield options


@pytest.fixture
def looking(tiny_vgg) -> dict:
    """Those of a figure that only looks."""
    return {name: tiny_vgg[name] for name in ("size", "weights")}


@pytest.fixture(scope="session")
def photo() -> np.ndarray:
    """[24, 32, 3] float64 in 0..1: a ramp with counting numbers."""
    ramp = np.linspace(0.0, 1.0, 32)[None, :, None]
    return 0.2 * reference.counting(24, 32) + 0.8 * ramp


@pytest.fixture(scope="session")
def painting() -> np.ndarray:
    """[32, 28, 3] float64 in 0..1: stripes with counting numbers."""
    stripes = (np.arange(32) // 4 % 2)[:, None, None]
    return 0.3 * reference.counting(32, 28, start=91) + 0.7 * stripes


@pytest.fixture(scope="session")
def sight(tiny, tiny_arrays) -> Sight:
    """The tiny network, at two layers."""
    weights = Weights("random", "random", "", tiny, tiny_arrays)
    return Sight(weights, ("block1_conv2", "block3_conv1"))
