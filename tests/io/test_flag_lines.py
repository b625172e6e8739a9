"""Lines of flag files: any path is read as it was written, from any folder, without a home."""

import ntpath
import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from tf_nst.errors import UserError
from tf_nst.io import flag_lines
from tf_nst.io.flag_file import recorded_inputs, settings_bytes, settings_path
from tf_nst.io.flag_lines import MOST_CHARACTERS, STARTS_HERE, portable, read_flag_file, spelled

# Names that a file system may hold.
NAMES = [
    "plain.png",
    "ä ö 山.png",
    "# not a comment=.png",
    " blanks around ",
    "tab\tand\x0bmore.png",
    "a\n--steps=1.png",
    "a\r\n# comment\r--steps=1.png",
    "next\x85line\u2028and\u2029more.png",
    '"quoted".png',
    '"',
    "back\\slash\\n.png",
    "\u3000wide blanks\u3000",
    "caf\udce9.png",
    " caf\udce9\n.png",
    "\x1b[2J.png",
]


def arguments_of(path: Path) -> list[str]:
    """What a flag file holds, read as the command reads it."""
    return read_flag_file(str(path)).arguments


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_value_is_read_as_it_was_written_and_is_one_line(tmp_path, name):
    data = settings_bytes(
        tmp_path / f"x{name}.png", {"style": name, "size": 3}, {"style": "0" * 64}
    )
    assert len(data.splitlines()) == 5
    path = tmp_path / "a.cfg"
    path.write_bytes(data)
    assert arguments_of(path) == [f"--style={name}", "--size=3"]
    assert recorded_inputs([str(path)])["style"].value == name


@pytest.mark.parametrize("name", ["a.png", "a b.png", "ä.png", "back\\slash.png", "caf\udce9.png"])
def test_what_needs_no_quotes_has_none(name):
    assert spelled(name) == name


@pytest.mark.parametrize(
    ("data", "arguments"),
    [
        (b"\xef\xbb\xbf--size=3\r\n--steps=4\r\n", ["--size=3", "--steps=4"]),
        ("--style=ä.png\n".encode(), ["--style=ä.png"]),
        (b"--style=caf\xe9.png\n", ["--style=caf\udce9.png"]),
        (b'--style="a b.png"\n', ["--style=a b.png"]),
        (b'--style="C:\\dir"\n', ['--style="C:\\dir"']),
        (b"  --size=3  \n\n // note\n # note\n", ["--size=3"]),
    ],
)
def test_flag_files_are_utf_8_whatever_the_locale(tmp_path, monkeypatch, data, arguments):
    monkeypatch.setattr("locale.getpreferredencoding", lambda *_: "ascii")
    (tmp_path / "a.cfg").write_bytes(data)
    assert arguments_of(tmp_path / "a.cfg") == arguments


@pytest.mark.parametrize("data", [b"a\0b", "--size=3".encode("utf-16")])
def test_what_is_no_text_is_refused(tmp_path, data):
    (tmp_path / "a.cfg").write_bytes(data)
    with pytest.raises(UserError, match=r"^--flagfile: expected a text file of flags, received .*"):
        arguments_of(tmp_path / "a.cfg")


# --- paths ------------------------------------------------------------------------------------


def test_paths_start_at_the_file_only_where_it_says_so(tmp_path):
    lines = "--style=./a.png\n--init=../b.png\n--content=c.png\n--weights=~/w.h5\n"
    (tmp_path / "a.cfg").write_text(lines)
    assert arguments_of(tmp_path / "a.cfg") == lines.splitlines()
    (tmp_path / "a.cfg").write_text(f"{STARTS_HERE}\n{lines}")
    here = [f"--style={tmp_path}/a.png", f"--init={tmp_path}/../b.png"]
    assert arguments_of(tmp_path / "a.cfg") == [*here, *lines.splitlines()[2:]]


@pytest.mark.parametrize("first", ["~/a.png", "/far/a.png", "./a.png:2"])
def test_each_path_of_a_list_starts_at_the_file(tmp_path, first):
    lines = [STARTS_HERE, f"--style={first},../b.png", "--mask=auto:3", f"--init={first}"]
    (tmp_path / "a.cfg").write_text("\n".join(lines))
    style, mask, init = read_flag_file(str(tmp_path / "a.cfg")).arguments
    moved = first.replace("./", f"{tmp_path}/") if first.startswith(".") else first
    assert style == f"--style={moved},{tmp_path}/../b.png"
    assert (mask, init) == ("--mask=auto:3", f"--init={moved}")


@pytest.mark.posix
@pytest.mark.parametrize(
    ("path", "folder", "expected"),
    [
        ("a.png", ".", "./a.png"),
        ("./a.png", ".", "./a.png"),
        ("~a.png", ".", "./~a.png"),
        ("imagenet", ".", "./imagenet"),
        ("a.png", "out", "../a.png"),
        ("out/a.png", "out", "./a.png"),
        ("../b/a.png", ".", "../b/a.png"),
        ("{home}/a.png", ".", "~/a.png"),
        ("{home}", "{home}", "~"),
        ("{home}er/a.png", ".", "{home}er/a.png"),
        ("/elsewhere/a.png", ".", "/elsewhere/a.png"),
        ("link/a.png", ".", "./far/away/a.png"),
        ("a.png", "link", "../../a.png"),
    ],
)
def test_a_portable_path_leads_to_the_same_file(tmp_path, monkeypatch, path, folder, expected):
    here = tmp_path / "here"
    (here / "far" / "away").mkdir(parents=True)
    (here / "out").mkdir()
    (here / "link").symlink_to("far/away")
    monkeypatch.chdir(here)
    monkeypatch.setenv("HOME", home := str(tmp_path / "home"))
    path, folder, expected = (text.format(home=home) for text in (path, folder, expected))
    written = portable(path, folder)
    assert written == expected
    meant = os.path.join(folder, os.path.expanduser(written))
    assert os.path.realpath(meant) == os.path.realpath(path)


@pytest.mark.parametrize(
    ("path", "folder", "expected"),
    [
        (r"pictures\a.png", r"C:\work", "./pictures/a.png"),
        (r"pictures\a.png", r"C:\work\out", "../pictures/a.png"),
        (r"pictures\a.png", r"c:\WORK\out", "../pictures/a.png"),
        (r"pictures\a.png", r"D:\out", r"C:\work\pictures\a.png"),
        (r"C:\Users\me\a.png", r"D:\out", r"~\a.png"),
        (r"D:\a.png", r"C:\work", r"D:\a.png"),
        (r"\\server\share\a.png", r"C:\work", r"\\server\share\a.png"),
    ],
)
def test_a_portable_path_of_windows(monkeypatch, path, folder, expected):
    """As Windows' own functions of paths see it, in the folder C:\\work."""
    paths = {name: getattr(ntpath, name) for name in ("split", "join", "isabs", "splitdrive")}

    def absolute(path):
        return ntpath.normpath(ntpath.join("C:\\work", path))

    def relative(path, start):
        return ntpath.relpath(path, start)

    paths |= {"abspath": absolute, "realpath": absolute, "relpath": relative}
    paths["expanduser"] = lambda path: path.replace("~", r"C:\Users\me")
    system = SimpleNamespace(path=SimpleNamespace(**paths), sep="\\", curdir=".", pardir="..")
    monkeypatch.setattr(flag_lines, "os", system)
    assert portable(path, folder) == expected


def test_a_path_below_home_stays_unnamed_in_a_record_elsewhere(tmp_path, monkeypatch):
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path / "home")
    assert portable("a.png", tmp_path) == "~/a.png"
    assert portable("a.png", tmp_path / "home" / "out") == "../a.png"


def test_a_folder_that_moves_keeps_its_flag_file(tmp_path, monkeypatch):
    (tmp_path / "one").mkdir()
    monkeypatch.chdir(tmp_path)
    flags = {"content": portable("one/a.png", "one"), "output": "./out.png"}
    settings_path("one/out.png").write_bytes(settings_bytes("one/out.png", flags, {}))
    os.rename("one", "two")
    assert arguments_of(Path("two/out.cfg")) == ["--content=two/a.png", "--output=two/out.png"]
    monkeypatch.chdir("two")
    assert arguments_of(Path("out.cfg")) == ["--content=./a.png", "--output=./out.png"]


@pytest.mark.parametrize("data", [b"#" * (MOST_CHARACTERS + 1), b"--size=3\n" * MOST_CHARACTERS])
def test_a_flag_file_that_is_too_large_is_refused(tmp_path, data):
    (tmp_path / "a.cfg").write_bytes(data)
    with pytest.raises(UserError, match=r"^--flagfile: expected a file of flags of at most 1 MB"):
        read_flag_file(str(tmp_path / "a.cfg"))


@pytest.mark.posix
def test_a_device_without_an_end_is_refused():
    with pytest.raises(UserError, match="expected a text file of flags, received /dev/zero"):
        read_flag_file("/dev/zero")


def test_dashes_in_names_are_as_good_as_underscores(tmp_path):
    lines = ["--style-mask=./m.png,../n.png", '--style-size="48"', "--style-fade=./a@0s"]
    path = tmp_path / "a.cfg"
    path.write_text("\n".join([STARTS_HERE, *lines, f"# sha256 of style_mask: {'a' * 64}"]))
    assert arguments_of(path) == [
        f"--style-mask={tmp_path}/m.png,{tmp_path}/../n.png",
        "--style-size=48",
        f"--style-fade={tmp_path}/a@0s",
    ]
    assert recorded_inputs([str(path)])["style_mask"].sha256 == "a" * 64
