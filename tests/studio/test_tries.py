"""Which small pictures a sheet tries, by hand."""

import pytest

from tf_nst.cli.parsing import parse_flags
from tf_nst.cli.visualize import TABLES
from tf_nst.errors import UserError
from tf_nst.studio.lessons import Pair, lesson_arguments
from tf_nst.studio.tries import SIZE, STEPS, plan_tries


def test_of_one_painting_three_strokes_by_three_strengths():
    made = plan_tries(["p2"], {"size": 512, "seconds": 60}, None)
    assert len(made) == 9 and {each.styles for each in made} == {("p2",)}
    assert [each.settings["style_size"] for each in made[::3]] == ["0.33x", "0.75x", "2x"]
    assert [each.settings["style_weight"] for each in made[:3]] == [27.0, 270.0, 2700.0]
    assert made[0].caption == "Strokes 0.33x, Strength 27"
    assert made[0].settings["size"] == 512 and made[0].settings["seconds"] == 60
    assert (made[0].small["size"], made[0].small["steps"]) == (SIZE, STEPS)
    assert "seconds" not in made[0].small


def test_strengths_are_around_the_one_that_is_set():
    made = plan_tries(["p2"], {"style_weight": 50}, None)
    assert [each.settings["style_weight"] for each in made[:3]] == [5.0, 50.0, 500.0]


@pytest.mark.parametrize(
    ("settings", "strengths"),
    [
        ({"preset": "gatys"}, [1.0, 10.0, 100.0]),
        ({"preset": "gatys", "style_weight": 270}, [27.0, 270.0, 2700.0]),
        ({"preset": "monet"}, [27.0, 270.0, 2700.0]),
    ],
)
def test_under_a_recipe_strengths_are_around_its_own(settings, strengths):
    made = plan_tries(["p2"], settings, None)
    assert [each.settings["style_weight"] for each in made[:3]] == strengths


@pytest.mark.parametrize(
    ("styles", "strokes"),
    [
        (2, ["0.33x", "0.5x", "1x", "2x"]),
        (3, ["0.33x", "0.75x", "2x"]),
        (4, ["0.33x", "2x"]),
        (5, [None]),
        (9, [None]),
    ],
)
def test_of_several_paintings_each_by_as_many_strokes_as_there_is_room_for(styles, strokes):
    names = [f"p{number}" for number in range(styles)]
    made = plan_tries(names, {}, None)
    assert [each.styles[0] for each in made] == [name for name in names for _ in strokes]
    assert [each.settings.get("style_size") for each in made[: len(strokes)]] == strokes
    assert made[0].caption.startswith("painting 1")


def test_what_varies_may_be_said():
    made = plan_tries(["p"], {"color": "style"}, {"color": ["content"], "tv_weight": [0.1, 1]})
    assert [(it.settings["color"], it.settings["tv_weight"]) for it in made] == [
        ("content", 0.1),
        ("content", 1.0),
    ]


@pytest.mark.parametrize(
    ("styles", "vary", "line"),
    [
        (["p"], {"tv_weight": list(range(1, 11))}, "up to 9 tries in all, received 10"),
        (["p"] * 10, None, "up to 9 tries in all, received 10"),
        (["p"], {"weights": ["/etc/passwd"]}, "expected settings and their values, received 'we"),
        (["p"], {"color": "style"}, "expected settings and their values, received 'color'"),
        (["p"], {"color": []}, "expected settings and their values, received 'color'"),
        (["p"], [], "expected settings and their values, received"),
        (["p"], {"color": ["pink"]}, "--color: expected one of style"),
        (["p"], {"tv_weight": ["much"]}, "tv_weight: expected a finite number"),
    ],
)
def test_other_tries_are_one_line(styles, vary, line):
    with pytest.raises(UserError, match=line):
        plan_tries(styles, {}, vary)


def test_the_command_of_a_lesson_is_one_of_visualize(tmp_path):
    arguments = lesson_arguments(Pair("a.jpg", "b.jpg"), tmp_path / "r1.html")
    verb = arguments.index("explain")
    assert arguments[verb - 1] == "visualize"
    values = parse_flags(["tf-nst", *arguments[verb + 1 :]], TABLES["explain"])
    assert (values.content, values.style) == ("a.jpg", "b.jpg")
