"""--overwrite: asks where somebody can answer, refuses where it is told to."""

import io
import os
import sys

import pytest
from command_line import FILES, assert_one_line, snapshot

from tf_nst.cli.overwrite import check_overwrite
from tf_nst.errors import UserError

KEPT = r"^--output: out\.png exists and stays as it is; expected another name, or --overwrite=true$"


@pytest.fixture
def there(tmp_path, monkeypatch):
    """The working directory, with an out.png in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out.png").write_bytes(b"older")


class Terminal(io.StringIO):
    """A terminal in whose foreground the command runs."""

    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        return 99


@pytest.fixture
def answer(monkeypatch):
    """Answers the question, from a terminal or not."""

    def give(text: str, terminal: bool = True, foreground: bool = True) -> None:
        monkeypatch.setattr(sys, "stdin", Terminal(text) if terminal else io.StringIO(text))
        group = os.getpgrp() + (not foreground)
        monkeypatch.setattr(os, "tcgetpgrp", lambda descriptor: group)

    return give


@pytest.mark.usefixtures("there")
@pytest.mark.parametrize(
    ("text", "kept"), [("y\n", 0), ("YES\n", 0), ("n\n", 1), ("\n", 1), ("", 1)]
)
def test_a_person_is_asked(answer, capsys, text, kept):
    answer(text)
    if kept:
        with pytest.raises(UserError, match=KEPT):
            check_overwrite("out.png", "ask")
    else:
        check_overwrite("out.png", "ask")
    assert capsys.readouterr() == ("", "out.png exists; overwrite it? [y/N] ")


@pytest.mark.usefixtures("there")
@pytest.mark.parametrize(("terminal", "foreground"), [(False, True), (True, False)])
def test_nobody_is_asked_where_nobody_can_answer(answer, capsys, terminal, foreground):
    answer("n\n", terminal, foreground)
    check_overwrite("out.png", "ask")
    monkeypatched = sys.stdin
    sys.stdin = None
    check_overwrite("out.png", "ask")
    sys.stdin = monkeypatched
    assert capsys.readouterr() == ("", "")


@pytest.mark.usefixtures("there")
def test_a_person_is_asked_where_no_command_runs_in_the_background(monkeypatch, capsys):
    """As on Windows."""
    monkeypatch.setattr(sys, "stdin", Terminal("n\n"))
    monkeypatch.delattr(os, "tcgetpgrp")
    with pytest.raises(UserError, match=KEPT):
        check_overwrite("out.png", "ask")
    assert capsys.readouterr().err.endswith("[y/N] ")


@pytest.mark.usefixtures("there")
def test_true_and_false_never_ask(answer, capsys):
    answer("")
    check_overwrite("out.png", "true")
    check_overwrite("new.png", "false")
    with pytest.raises(UserError, match=KEPT):
        check_overwrite("out.png", "false")
    assert capsys.readouterr() == ("", "")


def test_the_command_leaves_what_is_to_stay(folder, run_here):
    (folder / "out.png").write_bytes(b"older")
    before = snapshot(folder)
    ran = run_here(*FILES, "--output=out.png", "--overwrite=false")
    assert_one_line(ran, 2, ("--output: out.png exists and stays as it is",))
    assert snapshot(folder) == before
