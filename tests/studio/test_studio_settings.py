"""The page's settings as flags: what they stand for, and what no page may name."""

from pathlib import Path

import pytest

from tf_nst.cli.flags import config_from_flags, places_from_flags, styles_from_flags
from tf_nst.config import StylizeConfig
from tf_nst.errors import UserError
from tf_nst.studio.help_texts import HELP
from tf_nst.studio.presets import recipe_values
from tf_nst.studio.settings import (
    LIVE,
    SETTINGS,
    Sources,
    arguments_of,
    checked_weights,
    command_of,
    flags_of,
    values_of,
)

SOURCES = Sources("./sources/a.jpg", ("./sources/b.jpg", "./sources/c.jpg"))


def config(settings, sources=SOURCES) -> StylizeConfig:
    return config_from_flags(values_of(arguments_of(sources, flags_of(settings)), "out.png"))


def test_no_settings_are_the_command_s_own_defaults():
    assert config({}) == StylizeConfig()


def test_what_the_page_shows_as_defaults_are_the_defaults():
    shown = {it["name"]: it["default"] for it in map(lambda it: it.shown(), SETTINGS.values())}
    chosen = {name: it for name, it in shown.items() if name not in ("style_size", "preset")}
    assert config(chosen | {"seconds": None}) == StylizeConfig()


def test_every_choice_is_accepted_and_every_range_holds_its_default():
    for name, setting in SETTINGS.items():
        for choice in setting.choices:
            flags_of({name: choice})
        default = setting.shown()["default"]
        if not setting.choices and default is not None:
            assert setting.minimum <= default <= setting.maximum


def test_the_values_of_a_recipe_are_as_the_page_shows_settings():
    gatys = {"content_weight": 1, "style_weight": 10, "tv_weight": 0, "style_statistic": "gram"}
    assert recipe_values("gatys") == {**gatys, "steps": 300}
    assert recipe_values("monet") == {"size": 384, "steps": 56}


def test_every_setting_is_explained_without_flags_or_names_of_options():
    assert list(HELP) == list(SETTINGS)
    words = ["--", "loss", "weight", "scale", *(name for name in SETTINGS if "_" in name)]
    for text in HELP.values():
        assert text[0].isupper() and text.endswith(".") and len(text) < 300
        assert not [word for word in words if word in text]


def test_numbers_and_words_become_flags():
    settings = {"size": 384, "style_weight": 2.5, "color": "luminance", "style_size": "0.5x"}
    assert flags_of(settings) == {
        **{"size": "384", "style_weight": "2.5", "color": "luminance", "style_size": "0.5x"}
    }
    made = config(settings)
    assert (made.size, made.color, made.objective.style_weight) == (384, "luminance", 2.5)


def test_what_is_left_empty_is_left_out_and_the_recipe_is_overridden():
    flags = flags_of({"size": 96, "steps": None, "color": "", "preset": "monet"})
    assert list(flags) == ["preset", "size"]
    made = config({"size": 96, "preset": "monet", "steps": 7})
    assert (made.size, made.steps) == (96, (7,))


def test_seconds_take_the_place_of_a_recipe_s_steps():
    made = config({"preset": "monet", "seconds": 30})
    assert made.seconds == 30.0


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"weights": "/etc/passwd"}, "settings: expected some of size, .* received 'weights'"),
        ({"init": "/etc/passwd"}, "received 'init'"),
        ({"flagfile": "/etc/passwd"}, "received 'flagfile'"),
        ({"output": "x.png"}, "received 'output'"),
        ({"style_statistic": "os:system"}, "style_statistic: expected gram"),
        ({"style_statistic": "gram@os:system"}, "style_statistic: expected gram"),
        ({"size": 0}, "--size: expected a whole number"),
        ({"size": "many"}, "--size: expected a whole number"),
        ({"size": 1.5}, "--size: expected a whole number"),
        ({"size": True}, "size: expected a whole number"),
        ({"size": [1]}, "size: expected a whole number"),
        ({"color": "pink"}, "--color: expected one of style"),
        ({"style_weight": "nan"}, "--style_weight: expected a finite number"),
        ({"preset": "nothing"}, "--preset: expected"),
        ("size", "settings: expected names and values, received 'size'"),
    ],
)
def test_other_settings_are_one_line(settings, line):
    with pytest.raises(UserError, match=line):
        flags_of(settings)


def test_both_steps_and_seconds_are_refused():
    with pytest.raises(UserError, match="--seconds and --steps"):
        config({"steps": 5, "seconds": 5})


def test_masks_and_a_start_are_flags_of_paths():
    sources = SOURCES._replace(masks=("./sources/m.png", "./sources/n.png"), keep="./k.png")
    values = values_of(arguments_of(sources._replace(start="./s.png"), {}), "out.png")
    assert styles_from_flags(values) == [("./sources/b.jpg", 1.0), ("./sources/c.jpg", 1.0)]
    places = places_from_flags(values)
    assert places["mask"] == ["./sources/m.png", "./sources/n.png"]
    assert (places["keep"], values.init) == ("./k.png", "./s.png")


def test_the_command_names_files_where_they_lie():
    arguments = arguments_of(SOURCES, {"size": "96"})
    assert command_of(arguments, Path("/a b")) == (
        "tf-nst '--content=/a b/sources/a.jpg' "
        "'--style=/a b/sources/b.jpg,/a b/sources/c.jpg' --size=96"
    )


@pytest.mark.parametrize("weights", [{"style_weight": 3}, dict.fromkeys(LIVE, 0.5)])
def test_weights_that_act_at_once(weights):
    assert checked_weights(weights) == weights


@pytest.mark.parametrize(
    ("weights", "line"),
    [
        ({}, "weights: expected some of style_weight, content_weight, tv_weight, received {}"),
        ([1], "weights: expected some of"),
        ({"size": 3}, "received 'size'"),
        ({"style_weight": 0}, "style_weight: expected a number above 0, received 0"),
        ({"style_weight": "3"}, "style_weight: expected a number above 0, received '3'"),
        ({"style_weight": float("nan")}, "style_weight: expected a number above 0, received nan"),
        ({"tv_weight": float("inf")}, "tv_weight: expected a number above 0, received inf"),
    ],
)
def test_other_weights_are_one_line(weights, line):
    with pytest.raises(UserError, match=line):
        checked_weights(weights)
