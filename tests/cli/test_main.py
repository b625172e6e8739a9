"""`tf-nst VERB`: which command runs, files that are called like verbs, mistyped verbs."""

import subprocess
import sys

import pytest
from command_line import assert_one_line

from tf_nst.cli.help import COLUMNS
from tf_nst.cli.main import main
from tf_nst.cli.verbs import VERBS, flag_tables, verb_module
from tf_nst.version import VERSION


@pytest.fixture
def tf_nst_here(folder, capfd):
    """Runs the command with its verbs in the folder: *arguments -> Ran."""
    from command_line import Ran

    def run(*arguments: str) -> Ran:
        capfd.readouterr()
        return Ran(main(["tf-nst", *arguments]), *capfd.readouterr())

    return run


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_has_a_command_with_flags_and_help(tf_nst_here, verb):
    assert flag_tables(verb) and callable(verb_module(verb).main)
    ran = tf_nst_here(verb, "--help")
    assert ran.code == 0 and ran.out.startswith("tf-nst") and ran.err == ""
    assert max(map(len, ran.out.splitlines())) <= COLUMNS
    assert tf_nst_here(verb, "--version").out == f"tf-nst {VERSION}\n"


def test_paint_is_the_default_verb_and_help_lists_all(tf_nst_here):
    assert tf_nst_here("--help") == tf_nst_here("paint", "--help")
    for name, verb in VERBS.items():
        assert f"  {name:<14}{verb.summary}\n" in tf_nst_here("--help").out


def test_the_package_runs_as_the_command_does():
    arguments = [sys.executable, "-m", "tf_nst", "--version"]
    ran = subprocess.run(arguments, capture_output=True, text=True)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, f"tf-nst {VERSION}\n", "")


@pytest.mark.parametrize("line", [("help",), ("help", "batch"), ("help", "paint")], ids=" ".join)
def test_help_as_a_word_is_the_help_of_what_follows(tf_nst_here, line):
    assert tf_nst_here(*line) == tf_nst_here(*line[1:], "--help")


def test_a_command_without_words_names_the_help(tf_nst_here):
    assert_one_line(
        tf_nst_here(), 2, ("expected PHOTOGRAPH PAINTING or a verb", "--help lists all")
    )


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("paint photo.png", "--style: expected an image file, received nothing"),
        ("photo.png", "--style: expected an image file, received nothing"),
        ("photo.png missing.png", "--style: missing.png does not exist"),
        ("paint info painting.png --size=0", "--size: expected a whole number"),
        ("export", "--style: expected a path, received nothing"),
        ("exprot --style=painting.png", "VERB: expected one of paint, "),
        ("Info", "received 'Info'; nearest: info"),
        ("info painting.png", "info: expected ./info or --content=info for the file"),
        ("info --size=3", "--size: expected a flag that --help lists"),
        ("--content=info painting.png --size=0", "--size: expected a whole number"),
        ("./info painting.png --size=0", "--size: expected a whole number"),
        ("visualize grm", "KIND: expected one of activations"),
    ],
)
def test_a_mistake_is_one_line(folder, tf_nst_here, line, said):
    (folder / "info").write_bytes((folder / "photo.png").read_bytes())
    assert_one_line(tf_nst_here(*line.split(" ")), 2, (said, "expected"))


def test_a_picture_that_exists_is_no_mistyped_verb(folder, tf_nst_here):
    (folder / "inf").write_bytes((folder / "photo.png").read_bytes())
    ran = tf_nst_here("inf", "painting.png", "--size=0")
    assert_one_line(ran, 2, ("--size: expected a whole number",))
