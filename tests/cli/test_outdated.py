"""What flag files say of a value that a later line changes: dropped, or no contradiction."""

import pytest
from command_line import parsed

from tf_nst.cli.flags import config_from_flags
from tf_nst.cli.output_flags import check_encoding
from tf_nst.errors import UserError

# As NAME.cfg has what followed from optimiser, size and styles.
RECORDED = """\
--content=a.jpg
--style=b.jpg,c.jpg
--size=64
--style_size=48,48
--optimizer=lbfgs
--learning_rate=1.0
--average=0.0
--tile=off
"""


def config_of(folder, text, *arguments):
    """The config of a flag file and of arguments after it."""
    (folder / "a.cfg").write_text(text)
    return config_from_flags(parsed(f"--flagfile={folder}/a.cfg", *arguments))


def test_of_another_optimiser_the_learning_rate_and_the_average_are_its_own(tmp_path):
    config = config_of(tmp_path, RECORDED, "--optimizer=adam")
    other = config_of(tmp_path, "--content=a.jpg\n--style=b.jpg", "--optimizer=adam")
    assert (config.learning_rate, config.average) == (other.learning_rate, other.average)
    assert config.tile == "off"


def test_windows_are_chosen_anew_for_another_size(tmp_path):
    assert config_of(tmp_path, RECORDED, "--size=1024").tile == "auto"
    assert config_of(tmp_path, RECORDED, "--size=64").tile == "off"
    assert config_of(tmp_path, RECORDED, "--size=1024", "--tile=256").tile == "256"
    assert config_of(tmp_path, RECORDED, "--tile=256", "--size=1024").tile == "256"


@pytest.mark.parametrize("sizes", ["48,48", "48"])
def test_a_size_for_each_style_is_of_these_styles(tmp_path, sizes):
    text = RECORDED.replace("48,48", sizes)
    assert config_of(tmp_path, text, "--style=d.jpg").style_size == (0 if "," in sizes else 48)
    assert config_of(tmp_path, text, "--style=b.jpg,c.jpg").style_size == (
        (48, 48) if "," in sizes else 48
    )


def test_what_a_file_says_without_the_other_flag_stays(tmp_path):
    text = "--content=a.jpg\n--style=b.jpg\n--learning_rate=0.5\n--average=0.3"
    config = config_of(tmp_path, text, "--optimizer=adam")
    assert (config.learning_rate, config.average) == (0.5, 0.3)


def test_a_flag_file_after_another_changes_its_values_as_the_command_line_does(tmp_path):
    (tmp_path / "b.cfg").write_text(f"--flagfile={tmp_path}/a.cfg\n--optimizer=sgd\n--average=0.2")
    config_of(tmp_path, RECORDED)
    config = config_from_flags(parsed(f"--flagfile={tmp_path}/b.cfg"))
    assert config.average == 0.2 and config.learning_rate != 1.0


def test_a_flag_without_effect_is_no_contradiction_where_a_later_line_overrides_it(tmp_path):
    pictures = "--content=a.jpg\n--style=b.jpg\n"
    assert config_of(tmp_path, f"{pictures}--tv_loss=squared\n--tv_weight=0")
    with pytest.raises(UserError, match="--tv_loss and --tv_weight: tv_loss has no effect"):
        config_of(tmp_path, f"{pictures}--tv_weight=0\n--tv_loss=squared")
    both = ["--tv_loss=squared", "--tv_weight=0"]
    for arguments in (both, both[::-1]):
        with pytest.raises(UserError, match="--tv_loss and --tv_weight: tv_loss has no effect"):
            config_of(tmp_path, pictures, *arguments)


def test_a_quality_is_dropped_where_a_later_line_has_another_format(tmp_path):
    (tmp_path / "a.cfg").write_text("--content=a.jpg\n--style=b.jpg\n--output=a.jpg\n--quality=90")
    (tmp_path / "b.cfg").write_text(f"--flagfile={tmp_path}/a.cfg\n--output=b.png")
    values = parsed(f"--flagfile={tmp_path}/b.cfg")
    check_encoding(values)
    assert values.quality is None
    (tmp_path / "b.cfg").write_text(f"--flagfile={tmp_path}/a.cfg\n--output=b.png\n--quality=90")
    with pytest.raises(UserError, match="--quality"):
        check_encoding(parsed(f"--flagfile={tmp_path}/b.cfg"))
