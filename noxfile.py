"""Tests by every Python and both ends of the TensorFlow that setup.cfg admits: `nox`.

`nox -s "tests-3.13(oldest)"` runs one cell; what follows `--` is given to pytest, such as
`nox -- -n 2 tests`. An interpreter that is not installed is skipped, in CI an error.
"""

import configparser
import re
from pathlib import Path

import nox

# A part of each layer: what an interpreter or a TensorFlow would break first.
SELECTION = (
    "tests/test_layers.py",
    "tests/test_package.py",
    "tests/config",
    "tests/model/test_vgg.py",
    "tests/objective/test_objective.py",
    "tests/engine/test_steps.py",
    "tests/serving/test_export.py",
)
SETUP = configparser.ConfigParser()
SETUP.read(Path(__file__).with_name("setup.cfg"), encoding="utf-8")
PYTHONS = re.findall(r"Python :: (3\.\d+)", SETUP["metadata"]["classifiers"])
OLDEST = re.search(r"^tensorflow>=(\S+)$", SETUP["options"]["install_requires"], re.MULTILINE)[1]
TENSORFLOWS = {"oldest": f"tensorflow=={OLDEST}.*", "newest": "tensorflow"}


@nox.session(python=PYTHONS)
@nox.parametrize("requirement", list(TENSORFLOWS.values()), ids=list(TENSORFLOWS))
def tests(session: nox.Session, requirement: str) -> None:
    """Runs SELECTION, or what is given after `--`."""
    session.install("-e", ".[dev]", requirement)
    session.run("python", "-m", "pytest", "-q", *(session.posargs or SELECTION))
