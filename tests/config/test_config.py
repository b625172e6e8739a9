"""The config: ranges, and the way to options and back."""

import dataclasses
import json
import math
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tf_nst.config import (
    CONTENT_LOSSES,
    MAX_PAIRS,
    MAX_SEED,
    MAX_SIDE,
    NETWORKS,
    OPTIMIZERS,
    POOLINGS,
    PRECISIONS,
    STARTS,
    STRATEGIES,
    STYLE_STATISTICS,
    VARIATION_LOSSES,
    XLA_CHOICES,
    NetworkConfig,
    ObjectiveConfig,
    StylizeConfig,
    all_options,
    config_from_options,
    option_names,
    options_from_config,
)
from tf_nst.config.lengths import MAX_SCALES
from tf_nst.config.options import options_of
from tf_nst.config.weighted import Weighted
from tf_nst.errors import NstError, RunError, UserError

# Of every option a value that is not the default, as options_from_config has it.
EVERYTHING = {
    "network": "vgg16",
    "weights": "some/file.h5",
    "pooling": "average",
    "content_layers": "conv3_1:0.1,block4_conv2",
    "style_layers": "relu1_1:3.0,conv2_1",
    "content_weight": 0.3,
    "style_weight": 1e-7,
    "tv_weight": 0.0,
    "content_loss": "frobenius",
    "style_statistic": "mean_std:2.5,gram",
    "tv_loss": "absolute",
    "size": 640,
    "style_size": 300,
    "steps": "20,0,11",
    "seconds": None,
    "scales": 3,
    "init": "start.png",
    "optimizer": "sgd",
    "learning_rate": 0.1 + 0.2,
    "lbfgs_pairs": 4,
    "average": 0.75,
    "stop": 1e-3,
    "memory": 2.5,
    "tile": "256",
    "seed": 12,
    "precision": "bfloat16",
    "xla": "on",
    "strategy": "mirrored",
}

# --- options and back ------------------------------------------------------------------------


def test_no_options_are_the_defaults():
    assert config_from_options({}) == StylizeConfig()


def test_the_names_of_options_are_those_of_the_config():
    assert set(option_names()) == set(EVERYTHING) == set(options_from_config(StylizeConfig()))
    assert len(option_names()) == len(set(option_names()))


@pytest.mark.parametrize("options", [{}, EVERYTHING], ids=["defaults", "everything"])
def test_options_come_back(options):
    config = config_from_options(options)
    converted = options_from_config(config)
    assert converted == options_from_config(StylizeConfig()) | options
    assert config_from_options(converted) == config


@pytest.mark.parametrize("name", [*EVERYTHING, "seconds"])
def test_every_option_comes_back_alone_and_from_its_text(name):
    value = (EVERYTHING | {"seconds": 30.0, "tile": "off,256,32"})[name]
    needed = {"tile": "64"} if name == "strategy" else {}
    config = config_from_options({**needed, name: value})
    options = options_from_config(config)
    assert options[name] == value
    assert config_from_options(options) == config
    option = all_options()[name]
    assert option.plain(option.convert(option.read(str(value)))) == value


def test_every_option_changes_the_config():
    for name, value in (EVERYTHING | {"seconds": 30.0}).items():
        assert config_from_options({name: value}) != StylizeConfig(), name


def test_seconds_take_the_place_of_steps():
    options = options_from_config(config_from_options({"seconds": 30.0}))
    assert options["seconds"] == 30.0 and "steps" not in options
    assert config_from_options(options) == StylizeConfig(seconds=30.0)


def test_seconds_and_steps_together_are_refused():
    with pytest.raises(UserError, match=r"^--seconds and --steps: .* received 30 and 5$"):
        config_from_options({"seconds": 30, "steps": 5})


@pytest.mark.parametrize("seconds", [0, -1.0, math.nan, math.inf, "30", True, [30]])
def test_seconds_are_finite_and_above_0(seconds):
    with pytest.raises(UserError, match=r"^--seconds: expected a finite number above 0, received"):
        config_from_options({"seconds": seconds})


def test_workers_make_the_same_steps():
    with pytest.raises(UserError, match=r"^--strategy and --seconds: .* expected --steps"):
        config_from_options({"strategy": "workers", "tile": 64, "seconds": 30})


def test_layers_may_be_given_as_weighted():
    layers = (Weighted("conv1_1", 2.0), Weighted("conv2_1"))
    config = config_from_options({"style_layers": layers})
    assert config == config_from_options({"style_layers": "conv1_1:2,conv2_1"})


# As Python has them: numbers of its own and of NumPy, lists, paths, and what they are converted to.
CONVERTED = [
    (StylizeConfig, "steps", 300, (300,)),
    (StylizeConfig, "steps", np.int64(300), (300,)),
    (StylizeConfig, "steps", [np.int32(20), 0, 11], (20, 0, 11)),
    (StylizeConfig, "steps", "20,0,11", (20, 0, 11)),
    (StylizeConfig, "size", np.uint16(640), 640),
    (StylizeConfig, "style_size", np.int64(300), 300),
    (StylizeConfig, "seconds", np.float32(30), 30.0),
    (StylizeConfig, "scales", np.int8(3), 3),
    (StylizeConfig, "init", Path("start.png"), "start.png"),
    (StylizeConfig, "optimizer", np.str_("adam"), "adam"),
    (StylizeConfig, "learning_rate", np.float32(0.5), 0.5),
    (StylizeConfig, "learning_rate", Fraction(1, 4), 0.25),
    (StylizeConfig, "lbfgs_pairs", np.int64(4), 4),
    (StylizeConfig, "average", np.float16(0.75), 0.75),
    (StylizeConfig, "stop", np.float64(0.5), 0.5),
    (StylizeConfig, "memory", np.int64(2), 2.0),
    (StylizeConfig, "tile", 512, "512"),
    (StylizeConfig, "tile", np.int64(512), "512"),
    (StylizeConfig, "tile", ["off", np.int64(512)], "off,512"),
    (StylizeConfig, "tile", " off, 0512 ", "off,512"),
    (StylizeConfig, "seed", np.int64(3), 3),
    (NetworkConfig, "weights", Path("a/b.h5"), str(Path("a/b.h5"))),
    (ObjectiveConfig, "style_weight", np.float32(2.5), 2.5),
    (ObjectiveConfig, "content_weight", 2, 2.0),
    (ObjectiveConfig, "style_layers", "a:2,b", (Weighted("a", 2.0), Weighted("b"))),
    (
        ObjectiveConfig,
        "style_layers",
        ["a:2", Weighted(" b ")],
        (Weighted("a", 2.0), Weighted("b")),
    ),
    (
        ObjectiveConfig,
        "style_statistic",
        [Weighted("gram", np.float32(2))],
        (Weighted("gram", 2.0),),
    ),
]


@pytest.mark.parametrize(("config", "name", "value", "expected"), CONVERTED)
def test_values_become_pythons_own_and_flag_files_and_records_repeat_them(
    config, name, value, expected
):
    converted = getattr(config(**{name: value}), name)
    assert converted == expected and type(converted) is type(expected)
    if isinstance(converted, tuple):
        assert {type(getattr(item, "weight", item)) for item in converted} <= {int, float}
    options = options_from_config(config_from_options({name: value}))
    option = options_of(config)[name]
    assert option.convert(option.read(str(options[name]))) == expected
    assert json.loads(json.dumps(options)) == options


def test_files_may_be_given_as_paths():
    config = config_from_options({"weights": Path("a/b.h5"), "init": Path("c.png")})
    assert config == config_from_options({"weights": "a/b.h5", "init": "c.png"})


def test_an_unknown_option_is_refused_with_all_that_are_known():
    with pytest.raises(UserError, match=r"^stepz: no such option, expected one of ") as error:
        config_from_options({"stepz": 3})
    for name in option_names():
        assert name in str(error.value)


@pytest.mark.parametrize("config", [NetworkConfig(), ObjectiveConfig(), StylizeConfig()])
def test_a_config_cannot_be_changed(config):
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(config, dataclasses.fields(config)[0].name, 1)


# --- ranges ----------------------------------------------------------------------------------

NO_NUMBERS = (math.nan, math.inf, -math.inf, "1", None, True, [1], 1j)
WHOLES = {
    "size": (1, MAX_SIDE),
    "style_size": (0, MAX_SIDE),
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


@pytest.mark.parametrize("name", ["content_weight", "style_weight", "tv_weight", "memory"])
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


def test_an_average_may_be_left_to_the_optimiser():
    assert config_from_options({"average": None}).average is None


CHOICES = {
    "network": NETWORKS,
    "pooling": POOLINGS,
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
    expected = f"--{name}: expected one of {', '.join(CHOICES[name])}, received 'foo'"
    assert str(error.value) == expected


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
    with pytest.raises(UserError, match=rf"^--init: expected {', '.join(STARTS)} or a file"):
        config_from_options({"init": value})


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
    with pytest.raises(UserError, match=rf"^--{name}: expected NAME or NAME:WEIGHT by commas"):
        config_from_options({name: value})


def test_a_weighted_name_given_twice_is_refused():
    twice = (Weighted("gram"), Weighted("gram", 2.0))
    with pytest.raises(UserError, match=r"^--style_statistic: gram is given more than once"):
        config_from_options({"style_statistic": twice})


def test_something_must_pull():
    with pytest.raises(UserError, match=r"^--content_weight and --style_weight: expected one of"):
        config_from_options({"content_weight": 0, "style_weight": 0.0})


# --- what else holds -------------------------------------------------------------------------


def test_names_in_the_config_are_the_rows_of_the_tables():
    from tf_nst.model import networks
    from tf_nst.objective.statistics import STATISTICS
    from tf_nst.optim import optimizers

    names = *CONTENT_LOSSES, *STYLE_STATISTICS, *VARIATION_LOSSES
    assert sorted(names) == sorted(STATISTICS)
    assert {name for name, row in STATISTICS.items() if row.paired} == set(CONTENT_LOSSES)
    assert set(OPTIMIZERS) == set(optimizers.OPTIMIZERS)
    assert set(NETWORKS) == set(networks.NETWORKS)


def test_exit_codes_tell_what_can_be_mended():
    assert (UserError.exit_code, RunError.exit_code) == (2, 1)
    assert issubclass(UserError, NstError) and issubclass(RunError, NstError)


def test_the_config_comes_without_numpy_and_tensorflow():
    code = "import sys, tf_nst.config; print({'numpy', 'tensorflow'} & set(sys.modules))"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout == "set()\n"
