"""Command lines: pictures that stand alone, dashes, short names, variables in paths."""

import sys

import pytest

from tf_nst.cli.arguments import declared, with_declared_name
from tf_nst.cli.export import EXPORT_FLAGS
from tf_nst.cli.flags import PAINT_FLAGS, places_from_flags, styles_from_flags
from tf_nst.cli.parsing import parse_flags
from tf_nst.cli.run import quoted, resuming_command
from tf_nst.cli.serve_client import CLIENT_FLAGS
from tf_nst.cli.sheet import SHEET_FLAGS
from tf_nst.cli.verbs import VERBS, flag_tables
from tf_nst.cli.visualize import flags_of
from tf_nst.config.value_types import expanded_path
from tf_nst.errors import UserError
from tf_nst.studio.command import STUDIO_FLAGS
from tf_nst.video.flags import VIDEO_FLAGS

LINES = {
    "a.jpg b.jpg": "--content=a.jpg --style=b.jpg",
    "a.jpg -o c.png b.jpg": "--output=c.png --content=a.jpg --style=b.jpg",
    "a.jpg b.jpg c.jpg": "--content=a.jpg --style=b.jpg,c.jpg",
    "a.jpg b,1.jpg c.jpg": "--content=a.jpg --style=b\\,1.jpg,c.jpg",
    "a.jpg b,1.jpg": "--content=a.jpg --style=b,1.jpg",
    "- b.jpg -o -": "--output=- --content=- --style=b.jpg",
    "--content=info b.jpg": "--content=info --style=b.jpg",
    "--style b.jpg a.jpg": "--style=b.jpg --content=a.jpg",
    "--style=b.jpg a.jpg c.jpg": "--style=b.jpg --content=a.jpg -- c.jpg",
    "--content=a --style=b c": "--content=a --style=b -- c",
    "--resume a.jpg": "--resume --content=a.jpg",
    "-- -a.jpg --b.jpg": "--content=-a.jpg --style=--b.jpg",
    "--style-size 48": "--style_size=48",
    "--average -0.1": "--average=-0.1",
    "-size 3": "--size=3",
    "-o=c.png": "--output=c.png",
    "--flagfile my-own.cfg": "--flagfile=my-own.cfg",
    "a.jpg -- --help": "--content=a.jpg --style=--help",
}
NAMES = {
    "--style-size=4-8": "--style_size=4-8",
    "--keep-metadata": "--keep_metadata",
    "--nokeep-metadata": "--nokeep_metadata",
    "--no-keep-metadata": "--nokeep_metadata",
    "--no_such-flag=1": "--no_such-flag=1",
    "-my-file.jpg": "-my-file.jpg",
    "some words": "some words",
    "--": "--",
}


@pytest.mark.parametrize("line", LINES)
def test_a_command_line_comes_to_flags(line):
    assert declared(line.split(" "), PAINT_FLAGS) == LINES[line].split(" ")


@pytest.mark.parametrize("argument", NAMES)
def test_dashes_and_underscores_are_alike_in_names(argument):
    assert with_declared_name(argument, PAINT_FLAGS) == NAMES[argument]


def test_other_commands_take_the_pictures_that_they_have_flags_for():
    assert declared(["a.jpg", "b.jpg"], EXPORT_FLAGS) == ["--style=a.jpg,b.jpg"]
    assert declared(["a.jpg"], flags_of("style")) == ["--style=a.jpg"]
    assert declared(["a.jpg"], flags_of("losses")) == ["--", "a.jpg"]
    surplus = ["--content=a.jpg", "--style=b.jpg", "--", "c.jpg"]
    assert declared(["a.jpg", "b.jpg", "c.jpg"], flags_of("gram")) == surplus
    assert declared(["a.jpg", "b.jpg", "c.jpg"], CLIENT_FLAGS) == surplus
    several = ["--content=a.jpg", "--styles=b.jpg,c.jpg"]
    assert declared(["a.jpg", "b.jpg", "c.jpg"], SHEET_FLAGS) == several
    several = ["--content=a.jpg", "--style=b.jpg,c.jpg"]
    assert declared(["a.jpg", "b.jpg", "c.jpg"], STUDIO_FLAGS) == several
    assert declared(["a.jpg", "b.jpg", "c.jpg"], VIDEO_FLAGS) == several


@pytest.mark.parametrize("verb", VERBS)
def test_where_a_verb_has_a_content_it_comes_first(verb):
    for table in flag_tables(verb).values():
        if "content" in {option.name for option in table}:
            assert declared(["a.jpg"], table) == ["--content=a.jpg"]


def test_a_flag_that_takes_one_picture_takes_one():
    single = ["--content=a.jpg", "--style=b.jpg", "--", "c.jpg"]
    assert declared(["a.jpg", "b.jpg", "c.jpg"], CLIENT_FLAGS) == single
    assert declared(["a.jpg", "b.jpg", "c.jpg"], flags_of("gram")) == single


def test_dashes_in_a_flag_file(tmp_path):
    (tmp_path / "my.cfg").write_text("--style-size=48\n--keep-metadata\n")
    line = ["tf-nst", "a.jpg", "b.jpg", f"--flagfile={tmp_path}/my.cfg"]
    values = parse_flags(line, PAINT_FLAGS)
    assert (values.style_size, values.keep_metadata) == (48, True)


def test_pictures_that_stand_alone_override_flag_files(tmp_path):
    (tmp_path / "my.cfg").write_text("--content=c.jpg\n--style=d.jpg\n")
    values = parse_flags(["tf-nst", "a.jpg", f"--flagfile={tmp_path}/my.cfg"], PAINT_FLAGS)
    assert (values.content, values.style) == ("a.jpg", "d.jpg")


def test_the_line_that_goes_on_names_the_verb_where_a_file_is_called_like_one():
    assert resuming_command(["tf-nst", "a.jpg", "b.jpg"]) == "tf-nst a.jpg b.jpg --resume"
    assert resuming_command(["tf-nst", "info", "b.jpg"]) == "tf-nst paint info b.jpg --resume"


@pytest.mark.posix
@pytest.mark.parametrize(
    ("program", "called"),
    [
        ("{0}/bin/tf-nst", "tf-nst"),
        ("{0}/other/tf-nst", "{0}/other/tf-nst"),
        ("other/tf-nst", "other/tf-nst"),
        ("-c", "tf-nst"),
        ("scripts/run.py", "python scripts/run.py"),
        ("{0}/tf_nst/__main__.py", "python -m tf_nst"),
    ],
)
def test_the_line_that_goes_on_calls_the_program_by_a_name_that_a_shell_finds(
    tmp_path, monkeypatch, program, called
):
    for folder in ("bin", "other"):
        (tmp_path / folder).mkdir()
        for name in ("tf-nst", "python"):
            (tmp_path / folder / name).touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bin" / "python"))
    line = resuming_command([program.format(tmp_path), "a.jpg"])
    assert line == f"{called.format(tmp_path)} a.jpg --resume"
    monkeypatch.setattr(sys, "executable", str(tmp_path / "other" / "python"))
    other = called.format(tmp_path).replace("python", f"{tmp_path}/other/python")
    assert resuming_command([program.format(tmp_path), "a.jpg"]) == f"{other} a.jpg --resume"


def test_the_line_that_goes_on_has_its_flag_before_what_is_none():
    line = ["tf-nst", "--size=9", "--", "-a.jpg", "b.jpg"]
    assert resuming_command(line) == "tf-nst --size=9 --resume -- -a.jpg b.jpg"


@pytest.mark.parametrize("line", ["a.jpg b.jpg -o", "a.jpg --size", "--flagfile"])
def test_a_flag_at_the_end_takes_no_picture_for_its_value(line):
    with pytest.raises(UserError, match=r"^--[a-z]+: expected a value, received nothing$"):
        parse_flags(["tf-nst", *line.split()], PAINT_FLAGS)


@pytest.mark.parametrize(
    ("argument", "posix", "windows"),
    [
        ("plain.jpg", "plain.jpg", "plain.jpg"),
        ("my photo.jpg", "'my photo.jpg'", '"my photo.jpg"'),
        (r"C:\my photo.jpg", r"'C:\my photo.jpg'", r'"C:\my photo.jpg"'),
        (r"C:\a.jpg", r"'C:\a.jpg'", r"C:\a.jpg"),
    ],
)
def test_an_argument_is_quoted_for_the_systems_shell(argument, posix, windows):
    assert quoted(argument, windows=False) == posix
    assert quoted(argument, windows=True) == windows


# --- variables ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("$TF_NST_A/x.jpg", "folder/x.jpg"),
        ("${TF_NST_A}x.jpg", "folderx.jpg"),
        ("~/x.jpg", "/home/me/x.jpg"),
        ("$TF_NST_NONE/x.jpg", "$TF_NST_NONE/x.jpg"),
        ("5$.jpg", "5$.jpg"),
        ("$TF_NST_A.jpg", "$TF_NST_A.jpg"),
    ],
)
def test_variables_in_paths_but_not_in_names_that_exist(tmp_path, monkeypatch, text, path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TF_NST_A", "folder")
    monkeypatch.setenv("HOME", "/home/me")
    (tmp_path / "$TF_NST_A.jpg").touch()
    assert expanded_path(text) == path


def test_a_list_of_one_path_that_exists_stays(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "~").touch()
    values = parse_flags(["tf-nst", "a.jpg", "~"], PAINT_FLAGS)
    assert styles_from_flags(values) == [("~", 1.0)]


def test_variables_in_every_path_flag_and_in_flag_files(tmp_path, monkeypatch):
    monkeypatch.setenv("TF_NST_A", str(tmp_path))
    (tmp_path / "my.cfg").write_text("--content=${TF_NST_A}/a.jpg\n--init=$TF_NST_A/i.jpg\n")
    line = ["tf-nst", "--flagfile=$TF_NST_A/my.cfg", "--style=$TF_NST_A/b.jpg", "-o", "$TF_NST_A/c"]
    values = parse_flags([*line, "--weights=$TF_NST_A/w.h5"], PAINT_FLAGS)
    paths = values.content, values.init, values.output, values.weights
    assert paths == tuple(f"{tmp_path}/{name}" for name in ("a.jpg", "i.jpg", "c", "w.h5"))
    assert styles_from_flags(values) == [(f"{tmp_path}/b.jpg", 1.0)]
    assert values.flagfile == [f"{tmp_path}/my.cfg"]


def test_variables_and_home_in_lists_of_styles_masks_and_labels(monkeypatch):
    """A comma that a variable brings is part of a path."""
    monkeypatch.setenv("TF_NST_A", "/my, folder")
    monkeypatch.setenv("HOME", "/home/me")
    line = ["tf-nst", "a.jpg", "$TF_NST_A/b:2", "~/folder", "--mask=$TF_NST_A/m.png,~/n.png"]
    values = parse_flags([*line, "--labels=~/l.png,$TF_NST_A/l.png"], PAINT_FLAGS)
    assert styles_from_flags(values) == [("/my, folder/b", 2.0), ("/home/me/folder", 1.0)]
    places = places_from_flags(values)
    assert places["mask"] == ["/my, folder/m.png", "/home/me/n.png"]
    assert places["labels"] == ["/home/me/l.png", "/my, folder/l.png"]


@pytest.mark.parametrize(
    ("line", "flag"),
    [
        ("https://a.example/a.jpg b.jpg", "content"),
        ("a.jpg b.jpg https://a.example/a.jpg", "style"),
        ("a.jpg b.jpg --mask=m.png,https://a.example/a.jpg", "mask"),
    ],
)
def test_an_address_is_refused_with_the_command_that_brings_the_file(line, flag):
    said = rf"^--{flag}: expected .*`curl -LO https://a.example/a.jpg` downloads the file$"
    with pytest.raises(UserError, match=said):
        parse_flags(["tf-nst", *line.split()], PAINT_FLAGS)
