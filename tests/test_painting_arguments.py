"""Arguments of `tf_nst.stylize` that are no options: a sentence where they cannot be used."""

import pytest

import tf_nst
from tf_nst.errors import UserError


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ({"listeners": 5}, "listeners: expected a tuple of functions, received 5"),
        ({"listeners": ("print",)}, "listeners: expected a tuple of functions, received"),
        ({"report": 5}, "report: expected a function, received 5"),
        ({"engine": 5}, r"engine: expected a tf_nst\.Engine, received 5"),
        ({"state": 5}, r"state: expected what event\.snapshot\(\) gave .*, received int"),
    ],
)
def test_what_is_no_listener_engine_or_state_is_refused(arguments, line):
    with pytest.raises(UserError, match=f"^{line}"):
        tf_nst.stylize("photo.png", "painting.png", **arguments)
