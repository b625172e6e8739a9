"""Shell lines on the pages: verbs, flags and scripts exist, and values of painting are accepted."""

import re
import shlex

import pytest
from code_blocks import ROOT, commands, every_block

from tf_nst.cli.flags import PAINT_FLAGS
from tf_nst.cli.parsing import parse_flags
from tf_nst.cli.verbs import VERBS, flag_tables

COMMON = {"flagfile", "help", "helpfull", "version"}
SHORT = {"o"}
# Scripts that are verbs.
SCRIPTS = {
    "scripts/run.py": "paint",
    "scripts/sheet.py": "sheet",
    "scripts/export.py": "export",
    "scripts/serve_client.py": "serve-client",
    "scripts/visualize.py": "visualize",
}
LINES = [
    pytest.param(command, id=f"{block.place} {command[:40]}")
    for block in every_block("sh")
    for command in commands(block)
]


def words_of(command: str) -> list[str]:
    """The words of a command, without settings of the environment, and to where it writes."""
    words = shlex.split(command)
    while re.match(r"[A-Z_]+=", words[0]):
        words.pop(0)
    end = next((place for place, word in enumerate(words) if word.startswith(">")), len(words))
    return words[:end]


def flags_of(words: list[str]) -> set[str]:
    """The names of the flags among words."""
    matches = (re.match(r"--?([a-zA-Z][\w-]*)", word) for word in words)
    return {match[1].replace("-", "_") for match in matches if match}


def verb_and_rest(words: list[str]) -> tuple[str, list[str]] | None:
    """The verb of tf-nst that words name, and what follows; None of any other program."""
    program, *rest = words
    if program in ("python", "python3") and rest and rest[0] in SCRIPTS:
        return SCRIPTS[rest[0]], rest[1:]
    if not re.search(r"(^|[/\\])tf-nst$", program):
        return None
    return (rest[0], rest[1:]) if rest and rest[0] in VERBS else ("paint", rest)


PAINTING = [
    pytest.param(rest, id=line.id)
    for line in LINES
    for verb, rest in filter(None, [verb_and_rest(words_of(line.values[0]))])
    if verb == "paint" and not any(word.startswith("--help") for word in rest)
]


@pytest.mark.parametrize("command", LINES)
def test_the_flags_of_a_command_exist(command):
    words = words_of(command)
    verb = verb_and_rest(words)
    if verb:
        name, rest = verb
        tables = flag_tables(name)
        table = tables.get(rest[0] if rest else "", tables.get("", ()))
        known = {option.name for option in table}
        assert flags_of(rest) - COMMON - SHORT <= known
    elif words[0].startswith("python") and words[1].startswith(("scripts/", "examples/")):
        assert flags_of(words[2:]) <= flags_in(words[1])


def flags_in(script: str) -> set[str]:
    """The names that stand in a script, its folder of the same sort, and the commands it calls."""
    path = ROOT / script
    assert path.is_file()
    folders = {"bench": "benchmarks", "kill_runs": "kills", "compare": "comparison"}
    folder = path.parent / folders.get(path.stem, "fuzzing")
    files = [path, *(folder.glob("*.py") if folder.is_dir() else ())]
    source = "".join(file.read_text(encoding="utf-8") for file in files)
    return {name.replace("-", "_") for name in re.findall(r"\b[a-zA-Z][\w-]*", source)}


@pytest.mark.parametrize("arguments", PAINTING)
def test_the_values_of_a_picture_are_accepted(arguments, monkeypatch):
    """Pictures need not be there: only what is said of the flags is checked."""
    monkeypatch.chdir(ROOT)
    there = "--flagfile=configs/monet.cfg"
    arguments = [there if word == "--flagfile=out.cfg" else word for word in arguments]
    assert parse_flags(["tf-nst", *arguments], PAINT_FLAGS).size > 0
