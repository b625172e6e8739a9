"""A name with a leading underscore stays in its module, in tests and scripts too."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("tf_nst", "scripts", "tests", "examples", "notebooks")
SOURCES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
# Named tuples', the one way to end a process at once, types of buffers, and the pinned JAX' that
# has no public name for what scripts/bench.py asks of a TPU's compiler.
PUBLIC = {"_replace", "_asdict", "_fields", "_exit", "_make", "_typeshed", "_src", "_jax"}


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.endswith("_") and name not in PUBLIC


def private_uses(source: str) -> list[str]:
    """The private names that are imported, or read of what the module did not define."""
    tree = ast.parse(source)
    here = set(_defined(tree))
    used = [name for node in ast.walk(tree) for name in _used(node)]
    imported = [name for node in ast.walk(tree) for name in _imported(node)]
    return [*imported, *(name for name in used if name not in here)]


def _defined(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.id if isinstance(node, ast.Name) else node.attr


def _imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        names = [getattr(node, "module", "") or "", *(alias.name for alias in node.names)]
        yield from filter(is_private, ".".join(names).split("."))


def _used(node: ast.AST) -> Iterator[str]:
    """Attributes of what is neither `self`, `cls` nor `super()`, and names that are patched."""
    if isinstance(node, ast.Attribute) and is_private(node.attr):
        if ast.unparse(node.value) not in ("self", "cls", "super()"):
            yield node.attr
    elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("setattr"):
        texts = [it.value for it in node.args[:2] if isinstance(it, ast.Constant)]
        yield from filter(is_private, ".".join(map(str, texts)).split("."))


@pytest.mark.parametrize("path", SOURCES, ids=[str(path.relative_to(ROOT)) for path in SOURCES])
def test_no_private_name_leaves_its_module(path):
    assert not private_uses(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "source",
    [
        "from tf_nst.io.writing import _in_profile",
        "import tf_nst._private",
        "from tf_nst._private import name",
        "def f():\n    from tf_nst.io.writing import (\n        _in_profile as convert,\n    )",
        "import tf_nst.io.writing as writing\nwriting._in_profile()",
        "class Run:\n    def f(self, other):\n        return self.other._state",
        "monkeypatch.setattr(writing, '_in_profile', None)",
        "monkeypatch.setattr('tf_nst.io.writing._in_profile', None)",
    ],
)
def test_a_private_name_of_another_module_is_detected(source):
    assert private_uses(source)


@pytest.mark.parametrize(
    "source",
    [
        "def _f():\n    pass\n_f()",
        "class Run:\n    def __init__(self):\n        self._x = 1\n    def same(self, other):\n"
        "        return self._x == other._x",
        "class Server(Base):\n    def _serve(self):\n        return super()._serve()",
        "event._replace(step=1)",
        "type(1).__name__",
        "monkeypatch.setattr(os, 'replace', None)",
    ],
)
def test_a_name_of_the_module_itself_is_no_finding(source):
    assert not private_uses(source)
