"""--preset: the flags of its file, at its place among the others."""

from pathlib import Path

import pytest
from command_line import FILES, SHORT, assert_fine, assert_one_line, parsed, pixels, settings

import tf_nst
from tf_nst.cli import export
from tf_nst.cli.flags import PAINT_FLAGS, config_from_flags
from tf_nst.cli.parsing import Source, parse_flags
from tf_nst.config import StylizeConfig, config_from_options
from tf_nst.config.presets import (
    PRESETS,
    accepted_flags,
    preset,
    preset_flags,
    preset_pictures,
)

pytestmark = pytest.mark.usefixtures("one_engine")

FOLDER = Path(tf_nst.__file__).parent / "config" / "data"
every_preset = pytest.mark.parametrize("name", PRESETS)


def config_of(*argv: str) -> StylizeConfig:
    """The config of these flags and of two files."""
    return config_from_flags(parsed(*FILES, *argv))


# --- what it comes to ------------------------------------------------------------------------


@every_preset
def test_the_command_takes_every_flag_of_every_preset(name):
    options = {option.name: option for option in PAINT_FLAGS}
    assert accepted_flags(name, options) == preset_flags(name)
    assert preset_pictures(name).keys() <= options.keys()


@every_preset
@pytest.mark.parametrize("apart", [False, True])
def test_a_preset_is_its_flag_file_and_the_options_of_python(name, apart):
    argv = ("--preset", name) if apart else (f"--preset={name}",)
    expected = config_of(f"--flagfile={FOLDER}/{name}.cfg", *FILES)
    assert config_of(*argv) == expected == config_from_options(preset(name)) != StylizeConfig()


def test_flags_after_a_preset_override_it_and_it_overrides_those_before():
    assert config_of("--preset=gatys", "--pooling=l2").network_config.pooling == "l2"
    assert config_of("--pooling=l2", "--preset=gatys").network_config.pooling == "average"
    assert config_of("--size=77", "--preset=gatys", "--seed=3").size == 77


def test_a_preset_in_a_flag_file_acts_at_its_place(tmp_path):
    (tmp_path / "my.cfg").write_text("--pooling=l2\n--scales=2\n--preset=gatys\n--steps=7\n")
    config = config_of(f"--flagfile={tmp_path}/my.cfg", "--init=content")
    assert (config.network_config.pooling, config.scales) == ("average", 1)
    assert (config.steps, config.init) == ((7,), "content")


@pytest.mark.parametrize(
    ("argv", "content", "style"),
    [
        (["--preset=monet"], "monet", "monet"),
        (["--content=a.png", "--preset=monet"], "a.png", "monet"),
        (["--preset=monet", "--style", "b.png"], "monet", "b.png"),
        (["a.png", "b.png", "--preset=monet"], "a.png", "b.png"),
        (["--flagfile=my.cfg", "--preset=monet"], "c.png", "monet"),
    ],
)
def test_pictures_of_an_example_stand_for_those_that_are_not_given(folder, argv, content, style):
    (folder / "my.cfg").write_text("--content=c.png\n")
    values, of_preset = parse_flags(["tf-nst", *argv], PAINT_FLAGS), preset_pictures("monet")
    assert values.content == (of_preset["content"] if content == "monet" else content)
    assert values.style == (of_preset["style"] if style == "monet" else style)
    assert (values.size, values.steps) == (384, "6,6,8,36")


def test_the_example_is_what_its_flag_file_paints():
    root = Path(tf_nst.__file__).parents[1]
    values = parse_flags(["tf-nst", f"--flagfile={root}/configs/monet.cfg"], PAINT_FLAGS)
    assert config_from_flags(values) == config_of("--preset=monet")
    for flag, path in preset_pictures("monet").items():
        assert Path(path).read_bytes() == (root / values[flag].value).read_bytes()


def test_a_flag_file_after_a_preset_overrides_it(tmp_path):
    (tmp_path / "my.cfg").write_text("--pooling=l2\n")
    flag_file = f"--flagfile={tmp_path}/my.cfg"
    assert config_of("--preset=gatys", flag_file).network_config.pooling == "l2"
    assert config_of(flag_file, "--preset=gatys").network_config.pooling == "average"


def test_the_flags_of_a_preset_are_no_more_than_those_of_a_flag_file():
    values = parsed(*FILES, "--preset=gatys", "--seconds=5", "--content_weight=0")
    assert values["pooling"].source == Source.FLAG_FILE
    config = config_from_flags(values)
    assert (config.seconds, config.objective.content_weight) == (5.0, 0.0)


# --- refusals --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("flags", "line"),
    [
        (("--preset=gaty",), "--preset: expected gatys or monet, received 'gaty'; nearest: gatys"),
        (
            ("--preset", "gaty"),
            "--preset: expected gatys or monet, received 'gaty'; nearest: gatys",
        ),
        (("--preset=zzz",), "--preset: expected gatys or monet, received 'zzz'\n"),
        (("--preset=",), "--preset: expected gatys or monet, received ''"),
        (("--preset",), "--preset: expected a value, received nothing"),
        (("--preset", "--size=64"), "--preset: expected gatys or monet, received '--size=64'"),
        (
            ("--flagfile=bad.cfg",),
            "--preset: expected gatys or monet, received 'gaty'; nearest: gatys",
        ),
        (("--presets=gatys",), "--presets: expected a flag that --help lists"),
        (("--preset=gatys", "--tv_loss=absolute"), "--tv_loss and --tv_weight: "),
    ],
)
def test_a_mistake_is_one_line(folder, run_here, flags, line):
    (folder / "bad.cfg").write_text("--preset=gaty\n")
    assert_one_line(run_here(*FILES, *flags), 2, (line,))


# --- pictures --------------------------------------------------------------------------------


def test_the_flag_file_beside_a_picture_lists_the_flags_and_paints_it_again(folder, run_here):
    flags = ("--preset=gatys", *SHORT, "--size=32", "--steps=2", "--optimizer=adam")
    assert_fine(run_here(*FILES, *flags, "--output=out.png"))
    written = settings(folder / "out.cfg")
    assert "preset" not in written
    assert (written["pooling"], written["init"], written["scales"]) == ("average", "noise", "1")
    assert_fine(run_here("--flagfile=out.cfg", "--output=again.png"))
    assert (pixels(folder / "again.png") == pixels(folder / "out.png")).all()


# --- exports ---------------------------------------------------------------------------------


def test_an_export_takes_of_a_preset_what_it_can(folder):
    argv = ["tf-nst-export", "--style=painting.png", "--preset=gatys", "--steps=7"]
    values = parse_flags(argv, export.EXPORT_FLAGS)
    assert (values.pooling, values.tv_weight, values.steps) == ("average", 0.0, "7")
    assert values.init == "matched" and "scales" not in values


def test_an_export_says_what_it_leaves_out_of_a_preset(folder, capfd):
    """Before it begins; what stops this one is that its folder is a file."""
    argv = ["tf-nst-export", "--style=painting.png", "--preset=gatys", "--output=photo.png"]
    assert export.main(argv) == 2
    out, err = capfd.readouterr()
    left_out = "--scales=1, --init=noise, --stop=0"
    assert out == f"note: --preset=gatys without {left_out}, which an export does not take\n"
    assert "--output: photo.png is a file" in err


def test_an_export_refuses_an_unknown_preset_in_one_line(folder, capfd):
    assert export.main(["tf-nst-export", "--style=painting.png", "--preset=gaty"]) == 2
    expected = "tf_nst: --preset: expected gatys or monet, received 'gaty'; nearest: gatys\n"
    assert capfd.readouterr().err == expected
