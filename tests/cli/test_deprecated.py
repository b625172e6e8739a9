"""Commands by their old names: a line, and what the verb does."""

import sys
from configparser import ConfigParser
from importlib import import_module
from pathlib import Path

import pytest

from tf_nst.version import VERSION

SETUP = ConfigParser()
SETUP.read(Path(__file__).parents[2] / "setup.cfg", encoding="utf-8")
LINES = SETUP["options.entry_points"]["console_scripts"].strip().splitlines()
COMMANDS = dict(line.split(" = ") for line in LINES)
VERBS = {
    "tf-nst-export": "export",
    "tf-nst-client": "serve-client",
    "tf-nst-visualize": "visualize",
}


def run(command: str, monkeypatch, *arguments: str) -> int:
    """Calls the entry point as the installed script does; its exit code."""
    module, _, name = COMMANDS[command].partition(":")
    monkeypatch.setattr(sys, "argv", [command, *arguments])
    with pytest.raises(SystemExit) as end:
        getattr(import_module(module), name)()
    return end.value.code


@pytest.mark.parametrize("old", VERBS)
def test_an_old_name_says_a_line_and_does_what_the_verb_does(old, monkeypatch, capfd):
    assert run(old, monkeypatch, "--help") == 0
    shown = capfd.readouterr()
    verb = f"tf-nst {VERBS[old]}"
    line = f"tf_nst: {old} is deprecated and will be removed in tf_nst 0.3; expected {verb}\n"
    assert shown.err == line
    assert verb in shown.out and f"{old} " not in shown.out


def test_the_command_itself_says_no_such_line(monkeypatch, capfd):
    assert run("tf-nst", monkeypatch, "--version") == 0
    assert capfd.readouterr() == (f"tf-nst {VERSION}\n", "")


def test_every_installed_command_is_tf_nst_or_an_old_name():
    assert set(COMMANDS) == {"tf-nst", *VERBS}


def test_an_old_name_survives_without_stderr(monkeypatch):
    monkeypatch.setattr(sys, "stderr", None)
    assert run("tf-nst-export", monkeypatch, "--version") == 0
