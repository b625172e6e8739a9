"""Builds notebooks/tf_nst_colab.ipynb from tf_nst_colab.py beside it, with its outputs:
python scripts/make_notebook.py. It paints as the notebook does, for minutes."""

import os
import re
import sys
import tempfile
from pathlib import Path

import nbformat
from matplotlib import font_manager  # noqa: F401 - else the notebook tells of its font cache
from nbclient import NotebookClient

CHECKOUT = Path(__file__).resolve().parents[1]
SOURCE = CHECKOUT / "notebooks" / "tf_nst_colab.py"
NOTEBOOK = SOURCE.with_suffix(".ipynb")
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
_MARK = re.compile(r'^# %%(?: (?P<text>\[markdown\])|(?: tags=\["(?P<tag>\w+)"\]))\n', re.MULTILINE)


def build(source: str) -> nbformat.NotebookNode:
    """The notebook without outputs. Each cell of `source` begins with a line `# %% [markdown]` or
    `# %% tags=["..."]`."""
    marks = list(_MARK.finditer(source))
    ends = [mark.start() for mark in marks[1:]] + [len(source)]
    cells = [
        _cell(f"cell-{index}", mark["tag"], source[mark.end() : end].strip())
        for index, (mark, end) in enumerate(zip(marks, ends, strict=True))
    ]
    about = {"kernelspec": KERNEL, "language_info": {"name": "python"}, "colab": {"provenance": []}}
    return nbformat.v4.new_notebook(cells=cells, metadata=about)


def _cell(identifier: str, tag: str | None, text: str) -> nbformat.NotebookNode:
    if tag:
        return nbformat.v4.new_code_cell(text, id=identifier, metadata={"tags": [tag]})
    text = re.sub("^# ?", "", text, flags=re.MULTILINE)
    return nbformat.v4.new_markdown_cell(text, id=identifier)


def execute(notebook: nbformat.NotebookNode, folder: Path) -> Path:
    """Runs all cells, whose outputs are filled in, in a checkout of links below `folder`.

    Returns:
      The working folder, where the notebook left its files.

    Raises:
      CellExecutionError: a cell failed.
    """
    for name in ("setup.cfg", "tf_nst", "examples"):
        (folder / name).symlink_to(CHECKOUT / name)
    here = folder / "notebooks"
    here.mkdir()
    # This checkout's tf_nst, whichever is installed; no profile in the user's own folder.
    variables = {"PYTHONPATH": str(CHECKOUT), "IPYTHONDIR": str(folder / "ipython")}
    client = NotebookClient(notebook, timeout=3600, record_timing=False)
    client.execute(cwd=str(here), env={**os.environ, **variables})
    return here


def main() -> None:
    """Builds, runs and writes the notebook."""
    notebook = build(SOURCE.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        execute(notebook, Path(folder))
    notebook.metadata.language_info = {"name": "python"}
    nbformat.write(notebook, NOTEBOOK)
    print(f"{NOTEBOOK.name}: {NOTEBOOK.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    sys.exit(main())
