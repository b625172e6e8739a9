"""Messages that several parts end alike."""

import pytest

from tf_nst.errors import nearest


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("sise", {}, "; nearest: size, side"),
        ("sise", {"count": 1}, "; nearest: size"),
        ("sise", {"prefix": "--"}, "; nearest: --size, --side"),
        ("xyz", {}, ""),
        ("xyz", {"likeness": 0.0, "count": 4}, "; nearest: size, steps, side, seconds"),
    ],
)
def test_the_nearest_names_are_listed_the_nearest_first(name, options, message):
    assert nearest(name, ["steps", "size", "side", "seconds"], **options) == message
