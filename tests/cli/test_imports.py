"""TensorFlow is imported without Matplotlib, and nothing is different afterwards."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run_python(code: str) -> str:
    """What lines print in a process of their own."""
    command = [sys.executable, "-c", code]
    return subprocess.run(
        command, capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout.strip()


def test_matplotlib_is_left_out_and_can_be_imported_later():
    pytest.importorskip("matplotlib")
    lines = (
        "import gc, sys",
        "from tf_nst.cli.imports import import_tensorflow",
        "import_tensorflow()",
        "loaded, frozen = set(sys.modules), gc.get_freeze_count()",
        "import matplotlib.pyplot",
        "import_tensorflow()",
        "print('tensorflow' in loaded, 'matplotlib' in loaded, gc.isenabled(), frozen > 0)",
        "print(gc.get_freeze_count() <= frozen)",
    )
    assert run_python("\n".join(lines)).split() == ["True", "False", "True", "True", "True"]


def test_matplotlib_that_is_loaded_stays():
    pytest.importorskip("matplotlib")
    lines = (
        "import sys, matplotlib",
        "from tf_nst.cli.imports import import_tensorflow",
        "import_tensorflow()",
        "print(sys.modules['matplotlib'] is matplotlib)",
    )
    assert run_python("\n".join(lines)) == "True"
