"""Flags: the config that they come to, and flag files."""

import pytest
from command_line import parsed

from tf_nst.cli.flags import PAINT_FLAGS, config_from_flags
from tf_nst.config import StylizeConfig, config_from_options, option_names, options_from_config
from tf_nst.errors import UserError

NEEDED = ("--content=a.png", "--style=b.png")


def config_of(*argv: str) -> StylizeConfig:
    """The config of these flags and of two files."""
    return config_from_flags(parsed(*NEEDED, *argv))


# --- defaults --------------------------------------------------------------------------------


def test_without_flags_the_config_is_the_default_one():
    assert config_of() == StylizeConfig()


def test_every_option_of_the_config_is_a_flag_with_its_default():
    defaults = {flag.name: flag.default for flag in PAINT_FLAGS}
    options = {name: defaults[name] for name in option_names()}
    assert config_from_options(options) == StylizeConfig()


# A value of each option that is not its default.
GIVEN = {
    "size": 64,
    "style_size": 48,
    "style_strength": 0.25,
    "color": "content",
    "feather": 2.5,
    "steps": "7,0,6",
    "scales": 3,
    "network": "vgg16",
    "weights": "random",
    "pooling": "l2",
    "padding": "zeros",
    "content_layers": "conv2_2:2.0",
    "style_layers": "conv1_1,conv3_1:0.5",
    "content_weight": 2.5,
    "style_weight": 3.5,
    "tv_weight": 0.25,
    "laplacian_weight": 0.75,
    "content_loss": "frobenius",
    "style_statistic": "gram:2.0,mean_std",
    "tv_loss": "absolute",
    "init": "noise",
    "optimizer": "sgd",
    "learning_rate": 0.125,
    "lbfgs_pairs": 5,
    "average": 0.5,
    "stop": 0.01,
    "memory": 1.5,
    "tile": "512",
    "seed": 9,
    "precision": "float32",
    "xla": "off",
    "strategy": "cpu",
    "deterministic": True,
}


def test_every_flag_reaches_the_config():
    assert GIVEN.keys() == set(option_names()) - {"seconds"}
    config = config_of(*(f"--{name}={value}" for name, value in GIVEN.items()))
    assert options_from_config(config) == GIVEN | {"seconds": None}
    unchanged = options_from_config(StylizeConfig())
    assert not [name for name, value in GIVEN.items() if value == unchanged[name]]


def test_a_value_may_be_an_argument_of_its_own():
    assert config_of("--size", "77", "-steps", "3").size == 77


# --- flag files ------------------------------------------------------------------------------


def test_flags_after_a_flag_file_override_it_and_those_before_do_not(tmp_path):
    (tmp_path / "my.cfg").write_text("--size=100\n--steps=200\n--seed=3\n")
    config = config_of("--size=1", f"--flagfile={tmp_path}/my.cfg", "--steps=5")
    assert (config.size, config.steps, config.seed) == (100, (5,), 3)


def test_comments_and_empty_lines_of_a_flag_file_count_for_nothing(tmp_path):
    (tmp_path / "my.cfg").write_text("# --size=1\n\n--size=100\n   \n// --size=2\n#--size=3\n")
    assert config_of(f"--flagfile={tmp_path}/my.cfg").size == 100


@pytest.mark.parametrize("first", ["", "# a comment\r\n"])
def test_a_flag_file_as_windows_writes_it_is_read(tmp_path, first):
    text = f"{first}--size=100\r\n--steps=7\r\n"
    (tmp_path / "my.cfg").write_bytes(text.encode("utf-8-sig"))
    config = config_of(f"--flagfile={tmp_path}/my.cfg")
    assert (config.size, config.steps) == (100, (7,))


def test_a_flag_file_after_flags_with_their_values_apart_is_read(tmp_path):
    (tmp_path / "my.cfg").write_text("--size=100\n")
    assert config_of("--output", "c.png", "--flagfile", f"{tmp_path}/my.cfg").size == 100


def test_a_flag_file_may_hold_another(tmp_path):
    (tmp_path / "one.cfg").write_text("--size=100\n--steps=8\n")
    (tmp_path / "two.cfg").write_text(f"--flagfile={tmp_path}/one.cfg\n--steps=9\n")
    config = config_of(f"--flagfile={tmp_path}/two.cfg")
    assert (config.size, config.steps) == (100, (9,))


@pytest.mark.parametrize(
    ("weight", "flag"),
    [
        ("--tv_weight=0", "--tv_loss=absolute"),
        ("--content_weight=0", "--content_layers=conv1_1"),
        ("--style_weight=0", "--style_statistic=mean_std"),
    ],
)
def test_a_weight_of_0_overrides_the_flag_file_but_contradicts_the_line(tmp_path, weight, flag):
    (tmp_path / "flag.cfg").write_text(flag + "\n")
    (tmp_path / "weight.cfg").write_text(weight + "\n")
    (tmp_path / "both.cfg").write_text(f"{weight}\n{flag}\n")
    name = weight[2:].split("=")[0]
    assert options_from_config(config_of(f"--flagfile={tmp_path}/flag.cfg", weight))[name] == 0
    for argv in (
        [weight, flag],
        [f"--flagfile={tmp_path}/weight.cfg", flag],
        [f"--flagfile={tmp_path}/both.cfg"],
    ):
        with pytest.raises(UserError, match=rf"^{flag.split('=')[0]} and --{name}: .*expected"):
            config_of(*argv)
