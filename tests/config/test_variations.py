"""Options that vary: how they are written, what is refused, and what they come to."""

import pytest

from tf_nst.config import config_from_options
from tf_nst.config.variations import (
    Variation,
    Variations,
    combination_count,
    combinations,
    parse_variation,
    varied_config,
)
from tf_nst.errors import UserError


@pytest.mark.parametrize(
    ("text", "name", "values"),
    [
        ("style_size=256,512", "style_size", ("256", "512")),
        ("style-size=1x,2x", "style_size", ("1x", "2x")),
        ("--style_weight=3, 10", "style_weight", ("3", "10")),
        ("steps=20\\,30,50", "steps", ("20,30", "50")),
        ("deterministic=true,false", "deterministic", ("true", "false")),
        ("init=noise,content", "init", ("noise", "content")),
    ],
)
def test_a_variation_is_a_name_and_its_values(text, name, values):
    assert parse_variation(text, "--vary") == Variation(name, values)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("style_size", "expected NAME=VALUE,VALUE, received 'style_size'"),
        ("stile_size=1,2", "received 'stile_size'; nearest: style_size"),
        ("output=a.png,b.png", "expected an option of painting, received 'output'"),
        ("style_size=256", "expected two values or more of style_size, received '256'"),
        ("style_size=256,", "expected two values or more"),
        ("style_weight=3,x", "--style_weight: expected a finite number of 0 or more, received 'x'"),
        ("style_weight=3,-1", "--style_weight: expected a finite number of 0 or more"),
        ("style_weight=3,3.0", "expected each value of style_weight once, received 3.0 twice"),
    ],
)
def test_what_is_no_variation_is_refused(text, line):
    with pytest.raises(UserError) as error:
        parse_variation(text, "--vary")
    assert str(error.value).startswith("--vary: ") and line in str(error.value)


def test_an_option_varies_once():
    with pytest.raises(UserError, match="expected each option once, received seed twice"):
        Variations().convert(["seed=1,2", "seed=3,4"], "--vary")
    assert Variations().convert(None, "--vary") == ()


def test_combinations_are_all_products_the_last_option_first():
    variations = Variation("seed", ("1", "2")), Variation("size", ("32", "64"))
    assert combination_count(variations) == 4
    assert [tuple(it.values()) for it in combinations(variations)] == [
        ("1", "32"),
        ("1", "64"),
        ("2", "32"),
        ("2", "64"),
    ]
    assert list(combinations(())) == [{}] and combination_count(()) == 1


def test_a_varied_config_has_the_other_values_of_the_config():
    config = varied_config(config_from_options({"size": 64, "steps": 7}), {"style_weight": "3"})
    assert (config.size, config.steps, config.objective.style_weight) == (64, (7,), 3.0)
    assert varied_config(config, {"seconds": "5"}).seconds == 5.0
    timed = config_from_options({"seconds": 5.0})
    assert varied_config(timed, {"steps": "20,30"}).steps == (20, 30)
    with pytest.raises(UserError, match="--content_weight and --style_weight"):
        varied_config(config, {"style_weight": "0", "content_weight": "0"})
