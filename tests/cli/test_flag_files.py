"""Flag files that include others; `~` in every flag that is a path."""

import pytest
from command_line import parsed

from tf_nst.cli.export import EXPORT_FLAGS
from tf_nst.cli.flag_files import with_flag_files
from tf_nst.cli.flags import PAINT_FLAGS
from tf_nst.cli.serve_client import CLIENT_FLAGS
from tf_nst.cli.visualize import KINDS, flags_of
from tf_nst.config import config_from_options
from tf_nst.config.paths import weighted_paths
from tf_nst.config.value_types import FilePath
from tf_nst.errors import UserError

TABLES = [PAINT_FLAGS, EXPORT_FLAGS, CLIENT_FLAGS, *map(flags_of, KINDS)]
NEVER_PATHS = {"url", "grpc", "model", "layer", "units", "ratios"}

CIRCLES = {
    "itself": {"a.cfg": "--flagfile=a.cfg"},
    "two": {"a.cfg": "--size=3\n--flagfile=b.cfg", "b.cfg": "--flagfile=./a.cfg"},
    "a link": {"a.cfg": "--flagfile=link.cfg"},
    "apart": {"a.cfg": "--flagfile\nb.cfg", "b.cfg": "--flagfile\na.cfg"},
    "three": {
        "a.cfg": "--flagfile=b.cfg",
        "b.cfg": "--flagfile=c.cfg",
        "c.cfg": "--flagfile=b.cfg",
    },
}


@pytest.mark.parametrize("files", CIRCLES.values(), ids=CIRCLES)
def test_a_circle_of_flag_files_is_one_line(tmp_path, monkeypatch, files):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link.cfg").symlink_to("a.cfg")
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(UserError, match=r"^--flagfile: expected .*a cycle: a\.cfg includes "):
        with_flag_files(["--flagfile=a.cfg"], frozenset())


def test_a_file_that_is_included_twice_is_no_circle(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.cfg").write_text("--flagfile=b.cfg\n--flagfile=b.cfg")
    (tmp_path / "b.cfg").write_text("--size=3")
    assert with_flag_files(["--flagfile=a.cfg"], frozenset()) == ["--size=3", "--size=3"]


@pytest.mark.parametrize("name", ["content", "style", "output", "init", "weights"])
def test_a_tilde_is_the_home_folder_in_every_flag(tmp_path, monkeypatch, name):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "a.cfg").write_text(f"--{name}=~/file.png\n")
    others = ("--content=a.png", "--style=b.png")
    for argument in (f"--{name}=~/file.png", "--flagfile=~/a.cfg"):
        assert parsed(*others, argument)[name].value == f"{tmp_path}/file.png"
    assert parsed(*others, f"--{name}=./~/file.png")[name].value == "./~/file.png"


@pytest.mark.parametrize("table", TABLES)
def test_every_flag_with_a_file_or_folder_is_a_path(table):
    texts = {option.name for option in table if type(option.type).__name__ == "Text"}
    lists = {name for name in texts if name.endswith("layers")}
    assert texts - lists - NEVER_PATHS <= ({"style"} if table is EXPORT_FLAGS else set())


def test_a_tilde_is_the_home_folder_among_several_styles(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert weighted_paths("~/a.png:2,b.png", "--style") == [
        (f"{tmp_path}/a.png", 2.0),
        ("b.png", 1.0),
    ]
    (tmp_path / "a,b.png").touch()
    assert weighted_paths("~/a,b.png", "--style") == [(f"{tmp_path}/a,b.png", 1.0)]


def test_a_zero_byte_in_a_path_is_refused():
    with pytest.raises(UserError, match=r"^--init: expected matched, .* received 'a\\x00b'"):
        config_from_options({"init": "a\0b"})
    assert FilePath("a file").read("a\0b", "--init") == "a\0b"
