"""Imports point one way, and what no module may do. Read from the source, nothing is run."""

import ast
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import tf_nst

ROOT = Path(tf_nst.__file__).parent
MODULES = sorted(ROOT.rglob("*.py"))

# Part of tf_nst -> the parts that it may import beside itself. A new part needs a row.
#   video -> batch, studio -> cli -> viz -> painting -> io, serving -> engine -> planning -> optim
#   -> objective -> model
ALLOWED = {
    "errors": set(),
    "version": set(),
    "ops": set(),
    "config": {"errors"},
    "model": {"errors", "ops"},
    "objective": {"errors", "config", "ops", "model"},
    "optim": {"errors", "ops", "objective"},
    "planning": {"errors", "config", "ops", "model", "objective", "optim"},
    "engine": {"errors", "config", "ops", "model", "objective", "optim", "planning"},
}
EDGE = {*ALLOWED, "version"}
ALLOWED |= {"io": EDGE, "serving": EDGE | {"io"}}
ALLOWED |= {"painting": EDGE | {"io"}}
ALLOWED |= {"viz": EDGE | {"io", "painting"}}
ALLOWED |= {
    "cli": EDGE | {"io", "serving", "viz", "painting"},
    "__init__": {"version", "config", "engine", "painting", "serving"},
}
# The command's verbs are found by name: `cli` does not import them.
ALLOWED |= {
    "batch": EDGE | {"io", "painting", "cli"},
    "studio": EDGE | {"io", "painting", "cli"},
    "video": EDGE | {"io", "painting", "cli", "batch"},
    "__main__": {"cli"},
}

every_module = pytest.mark.parametrize(
    "path", MODULES, ids=[str(path.relative_to(ROOT)) for path in MODULES]
)


def part_of(path: Path) -> str:
    """The first name below tf_nst, of a package or a module."""
    return path.relative_to(ROOT).with_suffix("").parts[0]


def imported_modules(tree: ast.AST) -> set[str]:
    """Full names of all imports, those inside functions too; `from a import b` is `a.b`."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            names |= {f"{module}.{alias.name}" for alias in node.names}
    return names


def imported_parts(tree: ast.AST) -> set[str]:
    """The parts of tf_nst that are imported."""
    names = (name.split(".") for name in imported_modules(tree))
    return {[*parts, "__init__"][1] for parts in names if parts[0] == "tf_nst"}


def violations(part: str, source: str) -> set[str]:
    return imported_parts(ast.parse(source)) - ALLOWED[part] - {part}


@every_module
def test_imports_follow_the_arrow(path):
    assert not violations(part_of(path), path.read_text(encoding="utf-8"))


@every_module
def test_no_import_is_relative(path):
    """The rule above would miss it."""
    names = imported_modules(ast.parse(path.read_text(encoding="utf-8")))
    assert not [name for name in names if name.startswith(".")]


@pytest.mark.parametrize(
    ("part", "source"),
    [
        ("ops", "from tf_nst.errors import UserError"),
        ("ops", "import tf_nst.config"),
        ("model", "from tf_nst.objective.terms import Term"),
        ("model", "from tf_nst import config"),
        ("objective", "def f():\n    from tf_nst.engine import events"),
        ("engine", "from tf_nst.io.images import Image"),
        ("engine", "import tf_nst"),
        ("io", "import tf_nst.cli.flags as flags"),
        ("painting", "from tf_nst.cli.run import main"),
        ("cli", "from tf_nst.batch.plan import Job"),
        ("engine", "from tf_nst.studio.board import Board"),
        ("cli", "from tf_nst.studio.serving import serve"),
    ],
)
def test_an_import_against_the_arrow_is_detected(part, source):
    assert violations(part, source)


def test_no_part_is_allowed_to_import_one_that_may_import_it():
    for part, others in ALLOWED.items():
        for other in others:
            assert part not in ALLOWED[other], f"{part} and {other} may import each other"


# --- no circle -------------------------------------------------------------------------------


def name_of(path: Path) -> str:
    """The dotted name of a module's file."""
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def module_graph(sources: dict[str, str]) -> dict[str, set[str]]:
    """{module: the modules that it imports}, those inside functions too, from {module: source}."""

    def nearest_module(name: str) -> str:
        while name and name not in sources:
            name = name.rpartition(".")[0]
        return name

    graph = {}
    for module, source in sources.items():
        names = map(nearest_module, imported_modules(ast.parse(source)))
        graph[module] = {name for name in names if name} - {module}
    return graph


def circle_in(graph: dict[str, set[str]]) -> tuple[str, ...]:
    """Modules of a circle of imports; empty where there is none."""
    try:
        tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        return tuple(error.args[1])
    return ()


def test_modules_import_each_other_in_no_circle():
    sources = {name_of(path): path.read_text(encoding="utf-8") for path in MODULES}
    graph = module_graph(sources)
    assert graph["tf_nst"] >= {"tf_nst.version", "tf_nst.painting"}
    assert not circle_in(graph)


@pytest.mark.parametrize(
    "last",
    [
        "import a.one",
        "from a import one",
        "from a.one import thing",
        "def f():\n    from a.one import thing",
    ],
)
def test_a_circle_of_imports_is_detected(last):
    sources = {"a": "", "a.one": "from a.two import f", "a.two": "import a.three", "a.three": last}
    assert set(circle_in(module_graph(sources))) == {"a.one", "a.two", "a.three"}
    assert not circle_in(module_graph(sources | {"a.three": "from a import other"}))


# --- what no module does ---------------------------------------------------------------------


def test_ops_are_tensorflow_and_each_other_and_nothing_else():
    for path in (ROOT / "ops").glob("*.py"):
        names = imported_modules(ast.parse(path.read_text(encoding="utf-8")))
        others = {name for name in names if not name.startswith("tf_nst.ops.")}
        foreign = {name.split(".")[0] for name in others} - sys.stdlib_module_names
        assert foreign <= {"tensorflow", "numpy"}, path.name


@every_module
def test_the_library_asserts_nothing(path):
    """python -O would drop the check; a user is owed a message."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Assert)]


@every_module
def test_only_the_command_prints(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = [node.lineno for node in ast.walk(tree) if getattr(node, "id", "") == "print"]
    assert part_of(path) == "cli" or not names


@pytest.mark.parametrize(
    "module",
    [
        "tf_nst",
        "tf_nst.config",
        "tf_nst.cli.run",
        "tf_nst.cli.main",
        "tf_nst.cli.info",
        "tf_nst.cli.completion",
        "tf_nst.cli.export",
        "tf_nst.cli.serve_client",
        "tf_nst.io.inputs",
        "tf_nst.io.writing",
        "tf_nst.serving.client",
        "tf_nst.serving.grpc",
        "tf_nst.serving.rest",
        "tf_nst.cli.visualize",
        "tf_nst.cli.sheet",
        "tf_nst.viz",
        "tf_nst.viz.options",
        "tf_nst.batch.command",
        "tf_nst.batch.pool",
        "tf_nst.batch.worker",
        "tf_nst.studio.command",
        "tf_nst.studio.serving",
        "tf_nst.studio.worker",
        "tf_nst.video.command",
        "tf_nst.video.reading",
        "tf_nst.video.writing",
        "tf_nst.video.cuts",
    ],
)
def test_importing_loads_no_tensorflow(module):
    """So that --help, a mistyped flag and a missing file are answered at once."""
    code = f"import sys, {module}; sys.exit(bool({{'tensorflow', 'keras'}} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT.parent).returncode == 0


def test_painting_is_listed_and_a_misspelled_name_is_an_error():
    assert "stylize" in tf_nst.__all__
    with pytest.raises(AttributeError, match="no attribute 'sytlize'"):
        tf_nst.sytlize  # noqa: B018
