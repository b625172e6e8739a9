"""One's own content and style: those of docs/extending.md, and what is refused."""

import re
import sys
from pathlib import Path

import numpy as np
import pytest
import reference
import tensorflow as tf
from tolerances import assert_close

import tf_nst
from objective.samples import batch
from tf_nst.config import ObjectiveConfig, config_from_options, options_from_config
from tf_nst.errors import UserError
from tf_nst.model.networks import NETWORKS
from tf_nst.objective.functions import load_statistic
from tf_nst.objective.terms import build_terms

PAGE = Path(__file__).parents[2] / "docs" / "extending.md"
FEATURES, OTHER = 10 * reference.counting(5, 7, 4), 10 * reference.counting(5, 7, 4, start=17)
WEIGHTS = reference.counting(5, 7, 1, start=3)[..., 0]
BAD = """
import tensorflow as tf
number = 3
def no_batch(features, weights): return tf.reduce_sum(features)
def other_batch(features, weights): return tf.reduce_sum(features, [0, 1])
def list_of(features, weights): return [features]
def constant(features, weights): return tf.ones([2, 3])
def raises(features, weights): raise KeyError("no\\nsuch")
def error_of_channels(features, reference, weights): return tf.reduce_sum(features, [1, 2])
def positions(features, weights): return {"positions": tf.reduce_sum(features, [1, 2])}
def sides(features, weights):
    batch, height, width, channels = features.shape
    return tf.reduce_sum(tf.reshape(features, [batch, height * width, channels]), 1)
def peak(features, weights): return tf.reduce_max(weights[..., None] * features, [1, 2])
"""

GOOD = """
import tensorflow as tf
def shifted(features, weights):
    weighted = weights[..., None] * features
    return tf.stack([
        tf.einsum("bhwc,bhwd->bcd", weighted, tf.roll(features, shift, 2)) for shift in range(3)
    ], 1)
def in_a_row(features, weights):
    return tf.reshape(shifted(features, weights), [tf.shape(features)[0], -1, features.shape[-1]])
"""


@pytest.fixture(scope="module", autouse=True)
def _modules(tmp_path_factory):
    """my_losses.py as the page has it, and those above."""
    folder = tmp_path_factory.mktemp("modules")
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    (folder / "my_losses.py").write_text("\n".join(blocks), encoding="utf-8")
    (folder / "bad_losses.py").write_text(BAD, encoding="utf-8")
    (folder / "good_losses.py").write_text(GOOD, encoding="utf-8")
    (folder / "broken_losses.py").write_text("def f(:", encoding="utf-8")
    sys.path.insert(0, str(folder))
    yield
    sys.path.remove(str(folder))
    for name in ("my_losses", "bad_losses", "good_losses", "broken_losses"):
        sys.modules.pop(name, None)


def distance(name: str, weights=None) -> float:
    kind = load_statistic(name, "style")
    target = kind.target_of(kind.measure(batch(OTHER), None))
    return float(kind.distance(kind.value(kind.measure(batch(FEATURES), weights)), target)[0])


# --- the page --------------------------------------------------------------------------------


@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["ones", "weights"])
def test_a_function_is_the_sum_and_its_loss_relative(weights):
    cubes = np.average(
        FEATURES.reshape(-1, 4) ** 3, 0, None if weights is None else weights.ravel()
    )
    expected = reference.relative(cubes, (OTHER**3).mean((0, 1)))
    assert_close(distance("my_losses:cubes", weights), expected, "float64")


def test_a_function_of_content_is_the_mean_of_its_error():
    kind = load_statistic("my_losses:absolute", "content")
    value = kind.value(kind.measure(batch(FEATURES, "bfloat16"), batch(OTHER, "bfloat16"), WEIGHTS))
    error = np.abs(FEATURES - OTHER).sum(-1) / 1e4
    expected = np.average(error, weights=WEIGHTS)
    assert_close(kind.distance(value, None), [expected], "bfloat16")


def test_a_statistic_of_ones_own_is_taken_as_it_is():
    expected = np.mean((FEATURES.max((0, 1)) - OTHER.max((0, 1))) ** 2) / 1e4
    np.testing.assert_allclose(distance("my_losses:peaks"), expected)


def test_sums_add_up_and_what_does_not_is_refused_by_windows():
    additive = {
        name: load_statistic(name, "style").additive
        for name in ("my_losses:cubes", "my_losses:peaks", "bad_losses:peak")
    }
    assert list(additive.values()) == [True, False, False]
    assert load_statistic("my_losses:absolute", "content").additive


def test_another_function_of_the_same_name_is_another_statistic():
    one = load_statistic("my_losses:cubes", "style")
    assert load_statistic("my_losses:cubes", "style") is one
    module = sys.modules["my_losses"]
    kept, module.cubes = module.cubes, lambda features, weights: tf.reduce_sum(features, [1, 2])
    assert load_statistic("my_losses:cubes", "style") != one
    module.cubes = kept


OPTIONS = {
    **{"size": 32, "steps": 2, "weights": "random", "optimizer": "adam", "scales": 1},
    **{"content_layers": "conv2_1", "style_layers": "conv1_1", "precision": "float32"},
    "style_statistic": "gram,my_losses:cubes@conv2_1:0.5",
    "content_loss": "my_losses:absolute",
}


def test_it_paints_goes_on_from_a_snapshot_and_comes_back_from_its_text():
    content, style = (np.uint8(255 * reference.counting(*it)) for it in ((24, 32), (20, 28, 3, 9)))
    snapshots, records = [], options_from_config(config_from_options(OPTIONS))
    listeners = (lambda event: snapshots.append(event.snapshot()),)
    painted = tf_nst.stylize(content, style, listeners=listeners, **records)
    resumed = tf_nst.stylize(content, style, state=snapshots[1], **records)
    np.testing.assert_array_equal(np.asarray(resumed), np.asarray(painted))
    assert np.any(np.asarray(painted) != content)


def test_sums_may_have_axes_like_those_of_pictures():
    """[B, shifts, C, C]: painted as the same sums in a row are."""
    content, style = (np.uint8(255 * reference.counting(*it)) for it in ((24, 32), (20, 28, 3, 9)))
    one, other = (
        tf_nst.stylize(content, style, **OPTIONS | {"style_statistic": f"good_losses:{name}"})
        for name in ("shifted", "in_a_row")
    )
    np.testing.assert_array_equal(np.asarray(one), np.asarray(other))


def test_an_export_needs_no_module(tmp_path):
    style = np.uint8(255 * reference.counting(20, 28, 3, 9))
    options = {name: value for name, value in OPTIONS.items() if name != "scales"}
    folder = tf_nst.export(tmp_path / "model", style, **options)
    kept = sys.modules.pop("my_losses"), sys.path.pop(0)
    loaded = tf.saved_model.load(str(folder))
    sys.modules["my_losses"] = kept[0]
    sys.path.insert(0, kept[1])
    assert "serving_default" in loaded.signatures


# --- what is refused -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "role", "message"),
    [
        ("missing_losses:f", "style", "expected a module .* missing_losses:f: ModuleNotFoundError"),
        ("broken_losses:f", "style", "expected a module that Python can import.*SyntaxError"),
        ("bad_losses:missing", "style", "expected a function of bad_losses, received .*missing"),
        ("bad_losses:number", "style", "expected a function or a Statistic, .* which is int"),
        ("bad_losses:no_batch", "style", r"expected sums of shape \[batch, \.\.\.\].*shape \(\)"),
        ("bad_losses:other_batch", "style", r"expected sums of shape .*received shape \(8, 64\)"),
        ("bad_losses:list_of", "style", "expected sums of shape .*received list"),
        ("bad_losses:constant", "style", "without a gradient"),
        ("bad_losses:raises", "style", "received KeyError"),
        ("bad_losses:sides", "style", "received TypeError: .*NoneType"),
        ("bad_losses:positions", "style", 'expected names other than "positions"'),
        ("bad_losses:error_of_channels", "content", r"shape \[batch\] .*received shape \(2, 64\)"),
        ("my_losses:peaks", "content", "expected a statistic with paired=True"),
        ("my_losses:cubes", "content", "TypeError"),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_line(name, role, message):
    flag = {"style": "--style_statistic", "content": "--content_loss"}[role]
    with pytest.raises(UserError, match=f"^{flag}: .*{message}") as error:
        load_statistic(name, role)
    assert "\n" not in str(error.value)


def test_it_is_refused_before_anything_is_made():
    config = ObjectiveConfig(style_statistic="bad_losses:no_batch")
    with pytest.raises(UserError, match=r"^--style_statistic: bad_losses:no_batch: expected"):
        build_terms(config, NETWORKS["vgg19"])
