"""The table of runs that were killed; that they go on, .ci/run tries."""

import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"


@pytest.fixture
def kills(monkeypatch):
    """The package of the script."""
    monkeypatch.syspath_prepend(str(SCRIPTS))
    import kills.processes
    import kills.table

    return kills


def test_the_table_has_a_row_for_each_case_and_one_for_all(kills):
    trials = [
        kills.table.Trial("adam", 0, "painting", False, 12, True, ""),
        kills.table.Trial("lbfgs", 0, "writing", True, 7, True, ""),
        kills.table.Trial("adam", 1, "start", False, None, False, ""),
    ]
    assert kills.table.table(trials).splitlines()[2:] == [
        "| adam | 2 | 0 | 1 | 12 to 12 | 1 |",
        "| lbfgs | 1 | 1 | 0 | 7 to 7 | 1 |",
        "| all | 3 | 1 | 1 | 7 to 12 | 2 |",
    ]


def test_a_process_in_which_the_engine_has_begun_is_not_forked(kills, monkeypatch):
    monkeypatch.setitem(sys.modules, "tf_nst.engine", sys)
    with pytest.raises(RuntimeError, match="no part of the engine"):
        kills.processes.prepare_processes()
