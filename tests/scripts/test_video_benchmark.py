"""The table of painted films, by painters that are known."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

from benchmarks import video
from benchmarks.scenes import CLIPS
from benchmarks.video_measures import drift

WHAT = ("painting.jpg", "float32", 48, 4, 0.0)


@pytest.fixture
def painter(monkeypatch):
    """Replaces the painter; {name: what it was called with}."""
    import tf_nst.video.painter as module

    def use(paint):
        calls = {}

        def paint_clip(frames, style, *, film, shots, **options):
            calls.update(film=film, shots=list(shots), options=options, style=style)
            return iter([paint(index, frame) for index, frame in enumerate(frames)])

        monkeypatch.setattr(module, "paint_clip", paint_clip)
        return calls

    return use


def test_of_a_painter_that_paints_nothing_flicker_and_drift_are_the_clip_s(painter):
    calls = painter(lambda index, frame: frame)
    its, painted, percent, seconds = video.measure("pan", "two passes", *WHAT)
    assert painted == its > 0
    assert percent == drift([it.pixels for it in CLIPS["pan"](4, 48, 0.0)]) > 0
    assert seconds > 0
    assert (calls["film"].passes, calls["shots"]) == (2, [])
    assert calls["options"] == {"size": 48, "precision": "float32"}


def test_frame_by_frame_each_is_a_shot_of_a_few_and_flashes_are_flicker(painter):
    calls = painter(lambda index, frame: np.full_like(frame, 100 + 9 * (index % 2)))
    painted = video.measure("walk", video.FRAME_BY_FRAME, *WHAT[:3], 40, 0.0)[1]
    assert painted == 9
    assert [tuple(shot) for shot in calls["shots"]] == [(i, i + 1) for i in range(video.FEW)]


def child(kind, clip, way, *what):
    """What is measured in another process."""
    assert (kind, what) == ("video", WHAT)
    return (2.0, 8.0, 1.0, 3.0) if way == video.FRAME_BY_FRAME else (2.0, 2.0, 0.5, 1.0)


def test_the_table_has_a_row_for_each_clip_and_way(capsys):
    video.print_table(child, CLIPS, video.WAYS, *WHAT)
    rows = [line for line in capsys.readouterr().out.splitlines() if line.startswith("| pan")]
    assert rows[0] == "| pan | frame by frame | 8.00 | 4.00 | 1.00 | 1.00 | 3.00 |"
    assert rows[2] == "| pan | with the term | 2.00 | 1.00 | 0.25 | 0.50 | 1.00 |"
    assert len(rows) == 4


def test_without_frame_by_frame_nothing_is_compared_with_it(capsys):
    video.print_table(child, ["walk"], ["two passes"], *WHAT)
    (row,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("| walk")]
    assert row == "| walk | two passes | 2.00 | 1.00 | nan | 0.50 | 1.00 |"
