"""The notebook runs from top to bottom, and what is committed is what its source makes."""

import copy
import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import nbformat
import numpy as np
import pytest
from PIL import Image as Pillow

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from make_notebook import NOTEBOOK, SOURCE, build, execute

# After the notebook's own settings: few steps of few pixels, and what displays are updated with.
SMALL = """
SIZE, STEPS, SERVED_SIZE, SERVED_STEPS = 48, 6, 32, 2
from IPython.display import DisplayHandle
updates, update = [], DisplayHandle.update
def noted(handle, shown):
    updates.append(shown.data)
    update(handle, shown)
DisplayHandle.update = noted
"""
SHOWN = "len(set(updates))"
TAGS = ("parameters", "install", "device", "pair", "paint", "picture", "losses", "export", "ask")


def built() -> nbformat.NotebookNode:
    return build(SOURCE.read_text(encoding="utf-8"))


def cell(notebook: nbformat.NotebookNode, tag: str) -> nbformat.NotebookNode:
    """The code cell of a tag."""
    return next(cell for cell in notebook.cells if cell.metadata.get("tags") == [tag])


def outputs(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [it for cell in notebook.cells for it in cell.get("outputs", ())]


def text(notebook: nbformat.NotebookNode, tag: str) -> str:
    """What a cell printed and displayed as text."""
    shown = cell(notebook, tag).outputs
    return "".join(it.get("text", "") + it.get("data", {}).get("text/markdown", "") for it in shown)


def jpegs(notebook: nbformat.NotebookNode, tag: str) -> list[str]:
    """The pictures that a cell displays, in base64."""
    shown = cell(notebook, tag).outputs
    return [it.data["image/jpeg"] for it in shown if "image/jpeg" in it.get("data", {})]


# --- from top to bottom ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def ran(tmp_path_factory) -> SimpleNamespace:
    """`.notebook` with its outputs and `.folder`, where it left its files."""
    notebook = built()
    after = notebook.cells.index(cell(notebook, "parameters")) + 1
    notebook.cells.insert(after, nbformat.v4.new_code_cell(SMALL))
    notebook.cells.append(nbformat.v4.new_code_cell(SHOWN))
    folder = execute(notebook, tmp_path_factory.mktemp("notebook"))
    return SimpleNamespace(notebook=notebook, folder=folder)


def assert_quiet(notebook: nbformat.NotebookNode) -> None:
    """No errors, nothing on stderr, no path of this machine."""
    kinds = {(it.output_type, it.get("name")) for it in outputs(notebook)}
    assert kinds <= {("stream", "stdout"), ("display_data", None), ("execute_result", None)}
    for tag in TAGS:
        assert not re.search(r"(?:^|[\s'\"(])(?:/|~|[A-Z]:\\)\w", text(notebook, tag)), tag


def test_it_runs_from_top_to_bottom_without_a_warning(ran):
    assert_quiet(ran.notebook)
    assert text(ran.notebook, "device").startswith("TensorFlow 2.")


def test_it_paints_and_shows_the_picture_on_the_way(ran):
    """Two lines and two pictures at least: the steps are more than one call."""
    with Pillow.open(ran.folder / "painted.png") as picture:
        assert picture.size == (48, 36) and np.ptp(picture) > 50
    assert text(ran.notebook, "paint") == "step 6 of 6, 48 × 36 pixels"
    assert len(jpegs(ran.notebook, "paint")) == len(jpegs(ran.notebook, "picture")) == 1
    assert int(ran.notebook.cells[-1].outputs[0].data["text/plain"]) >= 4
    (plot,) = cell(ran.notebook, "losses").outputs
    assert len(plot.data["image/png"]) > 10_000


def test_it_exports_and_is_answered(ran):
    assert re.fullmatch(r"models/nst/1: \d+\.\d MB\n", text(ran.notebook, "export"))
    record = json.loads((ran.folder / "models/nst/1/assets.extra/tf_nst.json").read_text())
    assert (record["settings"]["size"], record["settings"]["steps"]) == (32, "2")
    with Pillow.open(ran.folder / "answer.png") as picture:
        assert (picture.size, picture.format) == ((32, 24), "PNG")
    names = sorted(path.name for path in ran.folder.iterdir())
    assert names == ["answer.png", "models", "painted.png"]


# --- what is committed -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def committed() -> nbformat.NotebookNode:
    return nbformat.read(NOTEBOOK, as_version=4)


def test_the_committed_notebook_is_what_its_source_makes(committed):
    """Where it is not: python scripts/make_notebook.py."""
    emptied = copy.deepcopy(committed)
    for each in emptied.cells:
        if each.cell_type == "code":
            each.update(outputs=[], execution_count=None)
    assert emptied == built()


def test_the_committed_outputs_are_whole_quiet_and_small(committed):
    assert [each.metadata.tags[0] for each in committed.cells if "tags" in each.metadata] == [*TAGS]
    counts = [each.execution_count for each in committed.cells if each.cell_type == "code"]
    assert counts == list(range(1, len(TAGS) + 1))
    assert_quiet(committed)
    for tag in ("pair", "paint", "picture", "ask"):
        assert len(jpegs(committed, tag)) == 1, tag
    assert NOTEBOOK.stat().st_size < 1_000_000


# --- where tf_nst comes from, and the pair -----------------------------------------------------


@pytest.fixture
def tree(tmp_path) -> Path:
    """Sources as a git repository and a .zip of them have them."""
    tree = tmp_path / "tree"
    (tree / "tf_nst").mkdir(parents=True)
    (tree / "setup.cfg").write_text("")
    (tree / "tf_nst" / "version.py").write_text("")
    return tree


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Runs the installation where tf_nst is not there, without pip: (package, folder, whether there
    is a TensorFlow) -> what pip is asked for, call by call."""
    commands, run = [], subprocess.run

    def without_pip(command, check):
        return commands.append(command) if "pip" in command else run(command, check=check)

    def run_cell(package: str, folder: Path, tensorflow: bool = False) -> list[list[str]]:
        monkeypatch.chdir(folder)
        spec = {"tensorflow": "there"} if tensorflow else {}
        monkeypatch.setattr(importlib.util, "find_spec", spec.get)
        monkeypatch.setattr(subprocess, "run", without_pip)
        exec(cell(built(), "install").source, {"PACKAGE": package})
        first = [sys.executable, "-m", "pip", "install", "--quiet"]
        assert all(command[:5] == first for command in commands)
        return [command[5:] for command in commands]

    return run_cell


def uploads(monkeypatch, *names: str) -> None:
    """Colab's dialogue, a stand-in that gives these names, one a time."""
    given = iter(names)
    colab = ModuleType("google.colab")
    colab.files = SimpleNamespace(upload=lambda: {name: b"" for name in [next(given)] if name})
    monkeypatch.setitem(sys.modules, "google.colab", colab)


def test_the_checkout_around_the_notebook_is_installed(install, tree):
    (tree / "notebooks").mkdir()
    assert install("", tree / "notebooks") == [[str(tree)]]


def test_an_archive_is_installed(install, tree, tmp_path):
    shutil.make_archive(tmp_path / "uploaded", "zip", tmp_path, "tree")
    ((folder,),) = install("uploaded.zip", tmp_path)
    assert (Path(folder) / "tf_nst" / "version.py").exists()


def test_a_git_repository_is_installed(install, tree, tmp_path):
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    for command in (("init", "--quiet"), ("add", "."), (*who, "commit", "--quiet", "-m", "All")):
        subprocess.run(["git", "-C", str(tree), *command], check=True)
    ((folder,),) = install(tree.as_uri(), tmp_path)
    assert (Path(folder) / "tf_nst" / "version.py").exists()


def test_a_wheel_is_installed(install, tmp_path):
    wheel = "tf_nst-1-py3-none-any.whl"
    assert install(wheel, tmp_path) == [[wheel]]


def test_a_file_is_asked_for_where_nothing_is_named(install, tmp_path, monkeypatch):
    uploads(monkeypatch, "tf_nst-1-py3-none-any.whl")
    assert install("", tmp_path) == [["tf_nst-1-py3-none-any.whl"]]


def test_the_runtimes_own_tensorflow_stays(install, tree):
    """Its version is not even looked at: all else that tf_nst needs is installed."""
    only, others = install("", tree, tensorflow=True)
    assert only == ["--no-deps", str(tree)]
    names = {re.match(r"[\w-]+", line)[0] for line in others}
    assert names == {"keras", "numpy", "pillow", "absl-py"}


def test_without_colab_it_says_which_cell_to_fill(install, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"tf_nst.*its name in the first cell"):
        install("", tmp_path)


def test_an_upload_that_was_called_off_is_told(install, tmp_path, monkeypatch):
    uploads(monkeypatch, "")
    with pytest.raises(FileNotFoundError, match="expected one file, received 0"):
        install("", tmp_path)


@pytest.mark.parametrize("upload", [True, False], ids=["ticked", "wheel"])
def test_a_pair_is_uploaded(tmp_path, monkeypatch, upload):
    """Where it is asked for, and where what was installed holds no example."""
    monkeypatch.chdir(tmp_path)
    for name in ("me.jpg", "painting.png"):
        Pillow.new("RGB", (40, 30)).save(name)
    uploads(monkeypatch, "me.jpg", "painting.png")
    names = {"PACKAGE": ""}
    exec(cell(built(), "install").source, names)
    names |= {"UPLOAD": upload, "SOURCES": Path("tf_nst-1-py3-none-any.whl")}
    exec(cell(built(), "pair").source, names)
    assert (names["content"], names["style"]) == ("me.jpg", "painting.png")
