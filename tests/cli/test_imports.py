"""TensorFlow's import by a command leaves the garbage collector as it was."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_what_is_imported_is_frozen_once_and_the_collector_is_on_again():
    lines = (
        "import gc, sys",
        "from tf_nst.cli.imports import import_tensorflow",
        "import_tensorflow()",
        "frozen = gc.get_freeze_count()",
        "import_tensorflow()",
        "print('tensorflow' in sys.modules, gc.isenabled(), 0 < gc.get_freeze_count() <= frozen)",
    )
    command = [sys.executable, "-c", "\n".join(lines)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert ran.stdout.split() == ["True"] * 3
