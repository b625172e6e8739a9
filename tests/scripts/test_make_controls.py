"""The gallery's pictures: every command is one that the program takes."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

import make_controls

from tf_nst.cli.flags import PAINT_FLAGS, config_from_flags, places_from_flags, styles_from_flags
from tf_nst.cli.parsing import parse_flags


@pytest.mark.parametrize("subject", make_controls.SUBJECTS)
@pytest.mark.parametrize("control", make_controls.CONTROLS)
def test_a_command_is_taken(subject, control):
    arguments = make_controls.command_of(subject, control, 384)
    values = parse_flags(["tf-nst", *arguments], PAINT_FLAGS)
    assert config_from_flags(values).size == 384
    styles, mask = styles_from_flags(values), places_from_flags(values)["mask"]
    assert not isinstance(mask, list) or len(mask) == len(styles)


def test_masks_that_commands_name_are_drawn():
    drawn = {*make_controls.OUTLINES, *make_controls.INVERTED, *make_controls.FADES}
    for subject in make_controls.SUBJECTS.values():
        assert drawn >= set(subject[3:])
