"""Styles at times."""

import pytest

from tf_nst.config.fade import StyleAt, StyleFade, shares_at, styles_at
from tf_nst.errors import UserError

TWO = styles_at("a.jpg@2s,b.jpg@4s")


def test_a_style_has_a_time():
    assert TWO == (StyleAt("a.jpg", 2.0), StyleAt("b.jpg", 4.0))
    assert styles_at("a@b.jpg@1.5") == (StyleAt("a@b.jpg", 1.5),)
    assert styles_at(r"a\,b.jpg@0s") == (StyleAt("a,b.jpg", 0.0),)


@pytest.mark.parametrize(
    ("seconds", "shares"),
    [
        (0, [("a.jpg", 1)]),
        (2, [("a.jpg", 1)]),
        (2.5, [("a.jpg", 0.75), ("b.jpg", 0.25)]),
        (3, [("a.jpg", 0.5), ("b.jpg", 0.5)]),
        (4, [("b.jpg", 1)]),
        (99, [("b.jpg", 1)]),
    ],
)
def test_between_two_times_both_have_a_share(seconds, shares):
    assert shares_at(TWO, seconds) == shares


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a.jpg", "expected PATH@SECONDS such as a.jpg@10s, received 'a.jpg'"),
        ("a.jpg@soon", "received 'a.jpg@soon'"),
        ("@3s", "received '@3s'"),
        ("a.jpg@-1s", "received 'a.jpg@-1s'"),
        ("a.jpg@nan", "received 'a.jpg@nan'"),
        ("a.jpg@0s,,b.jpg@1s", "received ''"),
        ("a.jpg@3s,b.jpg@3s", "expected times that rise, received 3 s after 3 s"),
    ],
)
def test_what_is_no_fade_is_refused(text, message):
    with pytest.raises(UserError, match=f"--style_fade: .*{message}"):
        StyleFade("fade").convert(text, "--style_fade")
