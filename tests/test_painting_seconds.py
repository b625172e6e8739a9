"""How many steps fit into --seconds, and what is said where these are few."""

import time
from types import SimpleNamespace

import pytest

from tf_nst.config import config_from_options
from tf_nst.painting import settings
from tf_nst.planning.schedule import Scale


def lines_of(monkeypatch, size, *steps):
    """What is reported of a picture of a size for whose scales so many steps fit."""
    scales = tuple(Scale(size, size, count) for count in steps)
    monkeypatch.setattr(settings, "fit_seconds", lambda *_: scales)
    workload = SimpleNamespace(_replace=lambda **changes: changes)
    lines = []
    config = config_from_options({"size": size, "seconds": 60})
    fitted = settings.fit_steps(config, workload, None, time.perf_counter(), lines.append)
    assert fitted[0].steps == steps and fitted[0].seconds is None
    return lines


@pytest.mark.parametrize(
    ("size", "steps", "note"),
    [
        # 512 * sqrt(7 / 40) is 214: the next multiple of 32 below it.
        (512, (7,), "--size=192 allows about 40 steps"),
        (512, (12, 13), "--size=384 allows about 40 steps"),
        (512, (20, 20), None),
        (64, (9,), None),
    ],
)
def test_few_steps_are_noted_with_a_size_that_allows_more(monkeypatch, size, steps, note):
    first, *notes = lines_of(monkeypatch, size, *steps)
    assert first.startswith(f"--seconds=60 allows {sum(steps)} steps: ")
    assert [line.rpartition("; ")[2] for line in notes] == ([note] if note else [])
