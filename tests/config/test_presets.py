"""Presets as Python has them: names, files, values."""

from pathlib import Path

import pytest

import tf_nst
from tf_nst.config import all_options, config_from_options, options_from_config
from tf_nst.config.presets import (
    PRESETS,
    accepted_flags,
    preset,
    preset_flags,
    preset_pictures,
    preset_title,
)
from tf_nst.errors import UserError

# What depends on the machine, the pictures or the length of a run, not on a paper; --learning_rate
# is of another unit for each optimiser. Nor whose colours, how strong and how soft is asked for.
NOT_IN_PRESETS = {
    "size",
    "style_strength",
    "color",
    "feather",
    "seconds",
    "learning_rate",
    "memory",
    "tile",
    "seed",
    "precision",
    "xla",
    "strategy",
    "deterministic",
}
every_preset = pytest.mark.parametrize("name", PRESETS)
# An example follows the defaults; the settings of a paper are all its own.
PAPERS = [name for name in PRESETS if not preset_pictures(name)]


def test_there_is_a_preset_of_the_paper_of_2016():
    assert "gatys" in PRESETS


def test_the_preset_of_the_paper_has_its_settings():
    expected = {
        "network": "vgg19",
        "weights": "imagenet",
        "pooling": "average",
        "padding": "zeros",
        "content_layers": "conv4_2",
        "content_loss": "mean_squared",
        "content_weight": 1.0,
        "style_layers": "conv1_1,conv2_1,conv3_1,conv4_1,conv5_1",
        "style_statistic": "gram",
        "tv_weight": 0.0,
        "scales": 1,
        "init": "noise",
        "optimizer": "lbfgs",
        "average": 0.0,
    }
    assert preset("gatys").items() >= expected.items()


@every_preset
def test_values_are_of_the_types_that_python_takes(name):
    options = preset(name)
    for flag, default in options_from_config(config_from_options({})).items():
        if flag in options and flag != "steps" and default is not None:
            assert type(options[flag]) is type(default), flag
    assert type(preset("gatys")["steps"]) is int and type(preset("gatys")["average"]) is float


def test_an_example_has_its_pictures_in_the_package():
    assert preset_pictures("gatys") == {}
    pictures = preset_pictures("monet")
    assert list(pictures) == ["content", "style"] and "content" not in preset("monet")
    for path in pictures.values():
        assert Path(path).is_file() and Path(path).parent.name == "data"


@every_preset
def test_a_title_is_a_sentence(name):
    assert preset_title(name).endswith(".") and not preset_title(name).startswith("#")


@pytest.mark.parametrize("name", PAPERS)
def test_the_preset_of_a_paper_does_not_depend_on_defaults(name):
    """It has all that decides the picture; --tv_loss has no effect without a variation term."""
    options = preset(name)
    without_effect = set() if options["tv_weight"] else {"tv_loss"}
    assert options.keys() == all_options().keys() - NOT_IN_PRESETS - without_effect


@every_preset
def test_a_preset_makes_a_config_and_goes_with_other_options(name):
    assert config_from_options(preset(name)) == config_from_options(preset(name) | {"seed": 0})
    assert config_from_options(preset(name) | {"steps": 7, "size": 64}).steps == (7,)


@every_preset
def test_a_file_has_comments_and_each_of_its_flags_once(name):
    path = Path(tf_nst.__file__).parent / "config" / "data" / f"{name}.cfg"
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("# ")
    flags = [line for line in lines if not line.startswith("#")]
    assert flags == [f"--{flag}={text}" for flag, text in preset_flags(name).items()]


def test_flags_that_a_table_lacks_or_refuses_are_left_out():
    options = all_options()
    table = {name: options[name] for name in ("pooling", "scales")}
    assert accepted_flags("gatys", table) == {"pooling": "average", "scales": "1"}
    table["pooling"] = options["optimizer"]
    assert accepted_flags("gatys", table) == {"scales": "1"}


def test_the_package_lists_it():
    assert tf_nst.preset is preset and "preset" in tf_nst.__all__


@pytest.mark.parametrize(
    ("name", "received"),
    [
        ("gaty", "'gaty'; nearest: gatys"),
        ("zzz", "'zzz'"),
        ("", "''"),
        ("../data/gatys", "'../data/gatys'"),
        (None, "None"),
        (3, "3"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(name, received):
    with pytest.raises(UserError) as refusal:
        preset(name)
    assert str(refusal.value).startswith("--preset: expected gatys or monet")
    assert str(refusal.value).split("received ")[1].startswith(received)


@every_preset
def test_each_preset_has_a_row_and_a_thumbnail_in_the_docs(name):
    docs = Path(__file__).resolve().parents[2] / "docs"
    page = (docs / "presets.md").read_text(encoding="utf-8")
    assert f"| `{name}` |" in page and f"(images/preset_{name}.jpg)" in page
    assert (docs / "images" / f"preset_{name}.jpg").stat().st_size > 1000
