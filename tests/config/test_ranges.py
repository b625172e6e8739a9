"""The config: what each option may be, and what is refused."""

import math

import numpy as np
import pytest

from tf_nst.config import (
    COLORS,
    CONTENT_LOSSES,
    MAX_PAIRS,
    MAX_SEED,
    MAX_SIDE,
    NETWORKS,
    OPTIMIZERS,
    PADDINGS,
    POOLINGS,
    PRECISIONS,
    STARTS,
    STRATEGIES,
    STYLE_STATISTICS,
    VARIATION_LOSSES,
    XLA_CHOICES,
    NetworkConfig,
    config_from_options,
    options_from_config,
)
from tf_nst.config.lengths import MAX_SCALES
from tf_nst.config.weighted import Weighted
from tf_nst.errors import UserError

NO_NUMBERS = (math.nan, math.inf, -math.inf, "1", None, True, [1], 1j)
WHOLES = {
    "size": (1, MAX_SIDE),
    "scales": (0, MAX_SCALES),
    "lbfgs_pairs": (1, MAX_PAIRS),
    "seed": (0, MAX_SEED),
}


@pytest.mark.parametrize("name", WHOLES)
def test_whole_numbers_have_a_least_and_a_most(name):
    least, most = WHOLES[name]
    for value in (least, most, np.int64(least)):
        assert getattr(config_from_options({name: value}), name) == value
    for value in (least - 1, most + 1, least + 0.5, float(least), *NO_NUMBERS):
        with pytest.raises(UserError) as error:
            config_from_options({name: value})
        assert str(error.value) == (
            f"--{name}: expected a whole number from {least} to {most}, received {value!r}"
        )


@pytest.mark.parametrize(
    "name", ["content_weight", "style_weight", "tv_weight", "laplacian_weight", "memory"]
)
def test_weights_and_memory_are_finite_and_0_or_more(name):
    for value in (0, 0.0, 5e-324, 3, 1e308, np.float32(2)):
        assert options_from_config(config_from_options({name: value}))[name] == value
    for value in (-5e-324, -1, 10**400, *NO_NUMBERS):
        with pytest.raises(UserError) as error:
            config_from_options({name: value})
        assert str(error.value) == (
            f"--{name}: expected a finite number of 0 or more, received {value!r}"
        )


def test_a_learning_rate_is_finite_and_above_0_or_left_to_the_optimiser():
    for value in (None, 5e-324, 1, 1e30):
        assert config_from_options({"learning_rate": value}).learning_rate == value
    for value in (0, -0.1, *(value for value in NO_NUMBERS if value is not None)):
        with pytest.raises(UserError) as error:
            config_from_options({"learning_rate": value})
        assert str(error.value) == (
            f"--learning_rate: expected a finite number above 0, received {value!r}"
        )


@pytest.mark.parametrize("seconds", [0, -1.0, math.nan, math.inf, "30", True, [30]])
def test_seconds_are_finite_and_above_0(seconds):
    with pytest.raises(UserError, match=r"^--seconds: expected a finite number above 0, received"):
        config_from_options({"seconds": seconds})


@pytest.mark.parametrize("name", ["average", "stop"])
def test_shares_are_0_or_more_and_less_than_1(name):
    for value in (0, 0.0, 5e-324, 0.9, 1 - 2**-53, np.float32(0.5)):
        assert getattr(config_from_options({name: value}), name) == value
    refused = [value for value in NO_NUMBERS if (name, value) != ("average", None)]
    for value in (1, 1.0, -5e-324, 2, *refused):
        with pytest.raises(UserError) as error:
            config_from_options({name: value})
        assert str(error.value) == (
            f"--{name}: expected a finite number of 0 or more and less than 1, received {value!r}"
        )


def test_a_strength_is_from_0_to_1():
    for value in (0, 5e-324, 0.5, 1):
        assert config_from_options({"style_strength": value}).style_strength == value
    for value in (1 + 2**-52, -5e-324, *NO_NUMBERS):
        with pytest.raises(UserError) as error:
            config_from_options({"style_strength": value})
        assert str(error.value) == (
            f"--style_strength: expected a number from 0 to 1, received {value!r}"
        )


def test_an_average_may_be_left_to_the_optimiser():
    assert config_from_options({"average": None}).average is None


CHOICES = {
    "color": COLORS,
    "network": NETWORKS,
    "pooling": POOLINGS,
    "padding": PADDINGS,
    "content_loss": CONTENT_LOSSES,
    "tv_loss": VARIATION_LOSSES,
    "style_statistic": STYLE_STATISTICS,
    "optimizer": OPTIMIZERS,
    "precision": PRECISIONS,
    "xla": XLA_CHOICES,
    "strategy": STRATEGIES,
}


@pytest.mark.parametrize("name", CHOICES)
def test_choices_are_taken_and_others_refused_with_all_of_them(name):
    for value in CHOICES[name]:
        options = {"tile": 64, name: value}
        assert options_from_config(config_from_options(options))[name] == value
    with pytest.raises(UserError) as error:
        config_from_options({name: "foo"})
    message = str(error.value)
    assert message.startswith(f"--{name}: expected one of {', '.join(CHOICES[name])}")
    assert message.endswith(", received 'foo'")


@pytest.mark.parametrize("value", [None, 3, np.array(["max", "l2"]), ["max"]])
def test_choices_are_text(value):
    with pytest.raises(UserError, match=r"^--pooling: expected one of max, average, l2, received"):
        NetworkConfig(pooling=value)


@pytest.mark.parametrize("tile", ["auto", "off"])
def test_workers_without_windows_are_refused(tile):
    with pytest.raises(
        UserError, match=f"share windows, expected --tile=N, received --tile={tile}"
    ):
        config_from_options({"strategy": "workers", "tile": tile})


@pytest.mark.parametrize("value", [*STARTS, "some/file.png"])
def test_a_start_is_a_word_or_a_file(value):
    assert config_from_options({"init": value}).init == value


@pytest.mark.parametrize("value", ["", None, 3, np.zeros((4, 4, 3))])
def test_a_start_that_is_neither_is_refused(value):
    with pytest.raises(
        UserError, match=rf"^--init: expected {', '.join(STARTS)}, blend:SHARE or a file"
    ):
        config_from_options({"init": value})


@pytest.mark.parametrize("value", ["blend:", "blend:0", "blend:1", "blend:nan", "blend:x"])
def test_a_blend_without_a_share_between_0_and_1_is_refused(value):
    with pytest.raises(UserError, match=r"^--init: expected blend:SHARE .* received 'blend:"):
        config_from_options({"init": value})


@pytest.mark.parametrize("value", ["0.99", "4.1", "nan", "inf", 0.5, True, None])
def test_a_power_of_the_variation_is_1_to_4(value):
    expected = r"^--tv_loss: expected one of squared, absolute or a power from 1 to 4, received"
    with pytest.raises(UserError, match=expected):
        config_from_options({"tv_loss": value})


@pytest.mark.parametrize("value", [None, 3, b"a.h5"])
def test_weights_that_are_neither_word_nor_path_are_refused(value):
    with pytest.raises(UserError, match=r"^--weights: expected imagenet, keras, random or a path"):
        config_from_options({"weights": value})


@pytest.mark.parametrize("name", ["content_layers", "style_layers", "style_statistic"])
@pytest.mark.parametrize(
    "value",
    [
        *((), [], None, 3, ("gram", 3), np.array(["gram"])),
        *((Weighted("gram", weight),) for weight in (0.0, math.nan, math.inf, "2", None, True)),
        *((Weighted(name),) for name in ("", " ", "gram,gram", "gram:2", None)),
    ],
)
def test_lists_that_are_none_are_refused(name, value):
    with pytest.raises(
        UserError, match=rf"^--{name}: expected NAME or NAME:WEIGHT separated by commas"
    ):
        config_from_options({name: value})


def test_a_weighted_name_given_twice_is_refused():
    twice = (Weighted("gram"), Weighted("gram", 2.0))
    with pytest.raises(UserError, match=r"^--style_statistic: gram is given more than once"):
        config_from_options({"style_statistic": twice})


def test_something_must_pull():
    with pytest.raises(UserError, match=r"^--content_weight and --style_weight: expected one of"):
        config_from_options({"content_weight": 0, "style_weight": 0.0})
