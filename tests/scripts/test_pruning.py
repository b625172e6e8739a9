"""Pruning: channels that tell the others, least squares through a ReLU, a tiny teacher halved."""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from distillation.networks import LAYERS, build, narrowed
from distillation.pruning import best_columns, fitted, pruned

IMAGES = np.random.default_rng(2).normal(0, 1, (12, 32, 32, 3)).astype(np.float32)


def relative_error(found, wanted) -> float:
    return float(np.square(found - wanted).sum() / np.square(wanted).sum())


def test_of_two_equal_columns_one_is_kept():
    rng = np.random.default_rng(0)
    one, other = rng.normal(0, 1, (2, 500))
    columns = np.stack([0.5 * one, one, 0.1 * other], 1)
    assert list(best_columns(columns.T @ columns, 2)) in ([0, 2], [1, 2])


def test_columns_of_nothing_are_kept_last():
    products = np.diag([0.0, 2.0, 1.0, 0.0])
    assert list(best_columns(products, 2)) == [1, 2]
    assert len(set(best_columns(products, 4))) == 4


def test_a_linear_layer_is_found():
    rng = np.random.default_rng(1)
    rows, kernel = rng.normal(3, 1, (400, 5)).astype(np.float32), rng.normal(0, 1, (5, 3))
    wanted = (rows @ kernel + 20).astype(np.float32)
    found, bias, error = fitted(rows, wanted)
    np.testing.assert_allclose(found, kernel, atol=1e-3)
    np.testing.assert_allclose(bias, np.full(3, 20.0), atol=1e-2)
    assert error < 1e-6


def test_how_far_below_zero_a_value_is_does_not_matter():
    """What is wanted below 0 is far lower than the layer; plain least squares would bend to it."""
    rng = np.random.default_rng(3)
    rows = rng.normal(0, 1, (800, 4)).astype(np.float32)
    exact = rows @ rng.normal(0, 1, (4, 2)).astype(np.float32)
    wanted = np.where(exact > 0, exact, 5 * exact - 3)
    slopes = np.linalg.lstsq(np.c_[rows, np.ones(800)], wanted, rcond=None)[0]
    plain = np.maximum(np.c_[rows, np.ones(800)] @ slopes, 0)
    *_, error = fitted(rows, wanted)
    assert error < 0.3 * relative_error(plain, np.maximum(wanted, 0))


def test_all_channels_kept_make_the_teacher_again(tiny, tiny_arrays):
    arrays = pruned(tiny, tiny_arrays, tiny, IMAGES)
    theirs = build(tiny, tiny_arrays, LAYERS, dtype="float32").predict_on_batch(IMAGES)
    ours = build(tiny, arrays, LAYERS, dtype="float32").predict_on_batch(IMAGES)
    for name in LAYERS:
        assert relative_error(ours[name], theirs[name]) < 1e-2, name


def test_a_halved_network_keeps_channels_of_its_teacher(tiny, tiny_arrays):
    small, lines = narrowed(tiny, 0.5), []
    arrays = pruned(tiny, tiny_arrays, small, IMAGES, report=lines.append)
    assert [line.split(":")[0] for line in lines] == list(arrays)
    theirs = build(tiny, tiny_arrays, LAYERS, dtype="float32").predict_on_batch(IMAGES)
    ours = build(small, arrays, LAYERS, dtype="float32").predict_on_batch(IMAGES)
    for channel in range(ours["block1_conv1"].shape[-1]):
        found = ours["block1_conv1"][..., channel]
        errors = [
            relative_error(found, theirs["block1_conv1"][..., index])
            for index in range(theirs["block1_conv1"].shape[-1])
        ]
        assert min(errors) < 1e-3
    for name, features in ours.items():
        assert np.isfinite(features).all() and features.max() > 0, name
