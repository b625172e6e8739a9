"""Lists of names with weights: what is read, and what is refused."""

import pytest

from tf_nst.config import config_from_options
from tf_nst.config.weighted import Weighted, parse_weighted
from tf_nst.errors import UserError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", [("a", 1.0)]),
        ("a,b", [("a", 1.0), ("b", 1.0)]),
        ("b:2,a", [("b", 2.0), ("a", 1.0)]),
        (" a : 0.5 , b ", [("a", 0.5), ("b", 1.0)]),
        ("a,,b,", [("a", 1.0), ("b", 1.0)]),
        ("a:1e-3", [("a", 0.001)]),
    ],
)
def test_a_list_is_names_with_weights_in_its_order(text, expected):
    assert parse_weighted(text, "--flag") == tuple(Weighted(*item) for item in expected)


@pytest.mark.parametrize(
    ("text", "received"),
    [
        ("", "''"),
        (" , ", "' , '"),
        ("a:0", "'a:0'"),
        ("a:-1", "'a:-1'"),
        ("a:nan", "'a:nan'"),
        ("a:inf", "'a:inf'"),
        ("a:x", "'a:x'"),
        ("a:", "'a:'"),
        (":1", "':1'"),
        ("a:1:2", "'a:1:2'"),
        ("good,bad:0", "'bad:0'"),
    ],
)
def test_a_list_that_is_none_is_refused_with_what_was_received(text, received):
    with pytest.raises(UserError, match=r"^--flag: expected NAME") as error:
        parse_weighted(text, "--flag")
    assert str(error.value).endswith(f"received {received}")


# --- statistics ------------------------------------------------------------------------------


def statistics(text) -> tuple:
    return config_from_options({"style_statistic": text}).objective.style_statistic


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("gram@conv1_1", ("gram@conv1_1", 1.0)),
        ("gram@conv1_1:2", ("gram@conv1_1", 2.0)),
        ("my.module:cubes", ("my.module:cubes", 1.0)),
        ("my.module:cubes:2", ("my.module:cubes", 2.0)),
        ("my.module:cubes@conv1_1:2", ("my.module:cubes@conv1_1", 2.0)),
        ("__main__:cubes", ("__main__:cubes", 1.0)),
    ],
)
def test_statistics_have_layers_and_may_be_functions(text, expected):
    assert statistics(text) == (Weighted(*expected),)
    assert statistics([Weighted(*expected)]) == statistics(text)
    assert statistics(str(statistics(text)[0])) == statistics(text)


@pytest.mark.parametrize(
    "text", ["gram@", "gram@:2", "gram:x", "gram:nan", "@conv1_1", "my.module:", "my:2:cubes"]
)
def test_a_statistic_that_is_none_is_refused_in_one_line(text):
    with pytest.raises(UserError, match=r"^--style_statistic: expected [^\n]*$"):
        statistics(text)


def test_a_statistic_without_a_name_is_shown_as_it_was_given():
    with pytest.raises(UserError, match=r"received '@conv1_1'$"):
        statistics("@conv1_1")


# --- names -----------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["a,a", "a:2,b,a:3", "a, a "])
def test_a_name_given_twice_is_refused(text):
    with pytest.raises(UserError, match=r"^--flag: a is given more than once, expected"):
        parse_weighted(text, "--flag")


@pytest.mark.parametrize("weight", [1.0, 2.0, 0.1, 1 / 3, 1e-30, 1e30])
def test_a_weighted_name_is_spelled_so_that_it_reads_back_exactly(weight):
    item = Weighted("a", weight)
    assert parse_weighted(str(item), "--flag") == (item,)
