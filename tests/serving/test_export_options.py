"""The options of an export: what they leave out, and one default for the command and for Python."""

import pytest

from tf_nst.config import option_names, options_from_config
from tf_nst.errors import UserError
from tf_nst.serving.options import EXPORT_OPTIONS, LEFT_OUT, export_config


def test_options_are_those_of_painting_that_have_a_meaning_in_a_graph():
    assert set(EXPORT_OPTIONS) | set(LEFT_OUT) == set(option_names())
    for name in LEFT_OUT:
        with pytest.raises(UserError, match=f"^{name}: no such option of an export"):
            export_config({name: 1})


def test_defaults_are_those_that_help_shows():
    options = options_from_config(export_config({}))
    for name, option in EXPORT_OPTIONS.items():
        assert options[name] == option.plain_default
    assert (options["steps"], options["precision"]) == ("300", "float32")
