"""The options of figures: which each takes, and one default for the command and for Python."""

import pytest

from tf_nst.config import options_from_config
from tf_nst.errors import UserError
from tf_nst.viz.options import FIGURE_OPTIONS, LOOKING, RUNNING, figure_config


def test_defaults_are_those_that_help_shows():
    options = options_from_config(figure_config({}, RUNNING))
    assert tuple(sorted(FIGURE_OPTIONS)) == tuple(sorted(RUNNING))
    for name, option in FIGURE_OPTIONS.items():
        assert options[name] == option.plain_default
    assert (options["size"], options["steps"]) == (256, "100")


def test_an_option_that_a_figure_does_not_take_is_refused():
    with pytest.raises(UserError, match=r"^steps: no such option of this figure, expected one of"):
        figure_config({"steps": 5}, LOOKING)
    with pytest.raises(UserError, match=r"^--steps: expected one number from 1 to .* \[5, 6\]$"):
        figure_config({"steps": [5, 6]}, RUNNING)
