"""How long files and functions are."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def too_long(path: Path) -> list[str]:
    """The file where it has more than 250 lines, and its functions of more than 40."""
    source = path.read_text(encoding="utf-8")
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    long = [
        f"{path}: {node.name}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, functions) and node.end_lineno - node.lineno >= 40
    ]
    return long + [str(path)] * (len(source.splitlines()) > 250)


@pytest.mark.parametrize(("lines", "count"), [(40, 0), (41, 1), (252, 2)])
def test_what_is_too_long_is_detected(tmp_path, lines, count):
    path = tmp_path / "long.py"
    path.write_text("def f():\n" + "    pass\n" * (lines - 1))
    assert len(too_long(path)) == count


@pytest.mark.parametrize("folder", ["tf_nst", "tests", "scripts"])
def test_files_and_functions_are_short(folder):
    """250 lines and 40, docstrings and signatures counted."""
    files = sorted((ROOT / folder).rglob("*.py"))
    assert files
    assert not [line for path in files for line in too_long(path)]
