"""Flags: what --help shows, flag files, and the config that they come to."""

import re

import pytest
from absl import flags as absl_flags
from command_line import finish, parsed, start_fresh

from tf_nst.cli.flags import PAINT_FLAGS, config_from_flags, help_text
from tf_nst.cli.run import USAGE, main
from tf_nst.config import (
    CONTENT_LOSSES,
    LEAST_TILE,
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
    TILES,
    VARIATION_LOSSES,
    XLA_CHOICES,
    StylizeConfig,
    config_from_options,
    option_names,
    options_from_config,
)
from tf_nst.config.lengths import MAX_SCALES, MAX_STEPS
from tf_nst.errors import UserError
from tf_nst.model.weights import WORDS
from tf_nst.optim.optimizers import OPTIMIZERS as OPTIMIZER_ROWS

NEEDED = ("--content=a.png", "--style=b.png")

# What --help must say of each flag: unit and range, or every choice.
HELP_PARTS = {
    "content": ("image file",),
    "style": ("image file",),
    "output": (".png", ".jpg", ".webp", ".tiff"),
    "size": ("pixels", f"1 to {MAX_SIDE}"),
    "style_size": ("pixels", f"0 to {MAX_SIDE}", "never enlarged"),
    "steps": ("evaluations", f"1 to {MAX_STEPS}", "by commas", "0 leaves a scale out"),
    "seconds": ("instead of --steps", "above 0", "NAME.cfg"),
    "scales": ("sizes", f"0 to {MAX_SCALES}", "sqrt(2)"),
    "network": NETWORKS,
    "weights": (*WORDS, "in the box", "PATH", "59 to 80 MB"),
    "pooling": POOLINGS,
    "content_layers": ("NAME:WEIGHT",),
    "style_layers": ("NAME:WEIGHT",),
    "content_weight": ("0 or more",),
    "style_weight": ("0 or more",),
    "tv_weight": ("0 or more",),
    "content_loss": CONTENT_LOSSES,
    "style_statistic": STYLE_STATISTICS,
    "tv_loss": VARIATION_LOSSES,
    "init": STARTS,
    "optimizer": OPTIMIZERS,
    "learning_rate": ("above 0", "share", "pixel values", *OPTIMIZERS),
    "lbfgs_pairs": ("moves", f"1 to {MAX_PAIRS}", "pictures"),
    "average": ("0 or more and less than 1", "best", "adam"),
    "stop": ("0 or more and less than 1", "ten steps", "never"),
    "memory": ("GB", "free"),
    "tile": (*TILES, "pixels", f"{LEAST_TILE} to {MAX_SIDE}", "each scale", "same picture"),
    "seed": (f"0 to {MAX_SEED}",),
    "precision": PRECISIONS,
    "xla": XLA_CHOICES,
    "strategy": (*STRATEGIES, "one picture"),
    "output_profile": ("srgb", "input"),
    "preview_every": ("steps", "0"),
    "debug": ("tracebacks",),
    "flagfile": ("override",),
}


def config_of(*argv: str) -> StylizeConfig:
    """The config of these flags and of two files."""
    return config_from_flags(parsed(*NEEDED, *argv))


def explained() -> dict[str, tuple[str, str]]:
    """{flag: (default as --help shows it, what --help says)}."""
    pattern = re.compile(r"^  --(\w+)(?:=(.*))?\n      (.+)$", re.MULTILINE)
    return {
        name: (shown, said) for name, shown, said in pattern.findall(help_text(PAINT_FLAGS, ""))
    }


# --- help ------------------------------------------------------------------------------------


@pytest.mark.parametrize("flag", ["--help", "-h", "-help", "--helpshort", "--helpfull"])
def test_help_shows_usage_and_every_flag_and_exits_0(flag, capsys):
    assert main(["tf-nst", "--size=abc", flag]) == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    assert shown.out == help_text(PAINT_FLAGS, USAGE) + "\n"
    assert shown.out.startswith(USAGE)
    for name in (*option_names(), "content", "style", "output", "flagfile"):
        assert f"\n  --{name}" in shown.out


def test_help_says_units_ranges_and_choices_of_every_flag():
    entries = explained()
    assert entries.keys() == HELP_PARTS.keys()
    for name, parts in HELP_PARTS.items():
        for part in parts:
            assert part in entries[name][1], name


def test_help_shows_the_defaults_of_the_config():
    entries, defaults = explained(), options_from_config(StylizeConfig())
    for name, default in defaults.items():
        shown = "" if default is None else str(default)
        assert entries[name][0] == shown, name
    for name, row in OPTIMIZER_ROWS.items():
        said = re.search(rf"{name}: [^;]* by default ([\d.e-]+)", entries["learning_rate"][1])[1]
        assert float(said) == row.learning_rate
    averaged = {name: row.decay for name, row in OPTIMIZER_ROWS.items() if row.decay}
    assert averaged == {"adam": 0.9} and "by default 0.9 for adam, else 0" in entries["average"][1]


def test_help_shows_nothing_of_other_libraries():
    shown = help_text(PAINT_FLAGS, USAGE)
    for foreign in ("verbosity", "logtostderr", "pdb", "undefok", "helpxml", "only_check_args"):
        assert foreign not in shown


def test_flags_of_other_libraries_are_unknown(capsys):
    assert main(["tf-nst", "--verbosity=1"]) == 2
    assert "--verbosity" in capsys.readouterr().err
    assert "size" not in absl_flags.FLAGS


# --- defaults --------------------------------------------------------------------------------


def test_without_flags_the_config_is_the_default_one():
    assert config_of() == StylizeConfig()


def test_every_option_of_the_config_is_a_flag_with_its_default():
    defaults = {flag.name: flag.default for flag in PAINT_FLAGS}
    options = {name: defaults[name] for name in option_names()}
    assert config_from_options(options) == StylizeConfig()


def test_every_flag_reaches_the_config():
    given = {
        "size": 64,
        "style_size": 48,
        "steps": "7,0,6",
        "scales": 3,
        "network": "vgg16",
        "weights": "random",
        "pooling": "l2",
        "content_layers": "conv2_2:2.0",
        "style_layers": "conv1_1,conv3_1:0.5",
        "content_weight": 2.5,
        "style_weight": 3.5,
        "tv_weight": 0.25,
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
    }
    assert given.keys() == set(option_names()) - {"seconds"}
    config = config_of(*(f"--{name}={value}" for name, value in given.items()))
    assert options_from_config(config) == given | {"seconds": None}
    unchanged = options_from_config(StylizeConfig())
    assert not [name for name, value in given.items() if value == unchanged[name]]


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
    (tmp_path / "both.cfg").write_text(f"{flag}\n{weight}\n")
    name = weight[2:].split("=")[0]
    assert options_from_config(config_of(f"--flagfile={tmp_path}/flag.cfg", weight))[name] == 0
    for argv in (
        [weight, flag],
        [f"--flagfile={tmp_path}/weight.cfg", flag],
        [f"--flagfile={tmp_path}/both.cfg"],
    ):
        with pytest.raises(UserError, match=rf"^{flag.split('=')[0]} and --{name}: .*expected"):
            config_of(*argv)


# --- fresh processes -------------------------------------------------------------------------


def test_help_and_a_mistyped_flag_are_answered_without_tensorflow(tmp_path):
    code = """
import sys
from tf_nst.cli.run import main
codes = [main(["tf-nst", "--help"]), main(["tf-nst", "--content=a", "--style=b", "--size=0"])]
heavy = {"tensorflow", "keras", "numpy", "PIL", "h5py"} & set(sys.modules)
print(codes, sorted(heavy))
"""
    ran = finish(start_fresh(tmp_path, code=code))
    assert ran.code == 0
    assert ran.out.endswith("\n[0, 2] []\n")
    assert ran.err.startswith("tf_nst: --size: ") and ran.err.count("\n") == 1


def test_help_into_a_closed_pipe_is_silent(tmp_path):
    process = start_fresh(tmp_path, "--help")
    process.stdout.close()
    err = process.stderr.read()
    process.wait(timeout=60)
    assert err == ""
