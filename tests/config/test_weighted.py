"""Lists of names with weights: what is read, and what is refused."""

import pytest

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


@pytest.mark.parametrize("text", ["a,a", "a:2,b,a:3", "a, a "])
def test_a_name_given_twice_is_refused(text):
    with pytest.raises(UserError, match=r"^--flag: a is given more than once, expected"):
        parse_weighted(text, "--flag")


@pytest.mark.parametrize("weight", [1.0, 2.0, 0.1, 1 / 3, 1e-30, 1e30])
def test_a_weighted_name_is_spelled_so_that_it_reads_back_exactly(weight):
    item = Weighted("a", weight)
    assert parse_weighted(str(item), "--flag") == (item,)
