"""The config from options and back."""

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tf_nst.config import (
    NetworkConfig,
    ObjectiveConfig,
    StylizeConfig,
    all_options,
    config_from_options,
    option_names,
    options_from_config,
)
from tf_nst.config.options import options_of
from tf_nst.config.weighted import Weighted
from tf_nst.errors import UserError

# Of every option a value that is not the default, as options_from_config has it.
EVERYTHING = {
    "network": "vgg16",
    "weights": "some/file.h5",
    "pooling": "average",
    "padding": "zeros",
    "content_layers": "conv3_1:0.1,block4_conv2",
    "style_layers": "relu1_1:3.0,conv2_1",
    "content_weight": 0.3,
    "style_weight": 1e-7,
    "tv_weight": 0.0,
    "laplacian_weight": 2.5,
    "content_loss": "json:dumps",
    "style_statistic": "mean_std:2.5,json:dumps:0.5,gram@conv1_1",
    "tv_loss": "1.25",
    "size": 640,
    "style_size": 300,
    "style_strength": 0.25,
    "color": "luminance",
    "feather": 7.5,
    "steps": "20,0,11",
    "seconds": None,
    "scales": 3,
    "init": "blend:0.3",
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
    "deterministic": True,
}


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
    (ObjectiveConfig, "tv_loss", np.float32(1.5), "1.5"),
    (ObjectiveConfig, "tv_loss", "1.50", "1.5"),
    (StylizeConfig, "init", "blend:.30", "blend:0.3"),
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
        config_from_options({"stepz": 3}, ("labels",))
    for name in (*option_names(), "labels"):
        assert name in str(error.value)
    assert str(error.value).endswith("labels; nearest: steps, stop")
