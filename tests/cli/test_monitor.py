"""--monitor=tensorboard:DIR: what a run writes there is what its record says, and refusals."""

import json
import os

import numpy as np
import pytest
import tensorflow as tf
from command_line import FILES, GOOD, SHORT, assert_fine, assert_one_line, snapshot

from tf_nst.cli import results
from tf_nst.cli.flags import PAINT_FLAGS
from tf_nst.cli.monitor import check_monitor
from tf_nst.cli.parsing import parse_flags
from tf_nst.errors import UserError
from tf_nst.io.tensorboard import read_events

pytestmark = pytest.mark.usefixtures("one_engine")

RUN = (*FILES, *SHORT, "--size=64", "--scales=2", "--steps=3,5", "--optimizer=adam")
MONITORED = (*RUN, "--monitor=tensorboard:runs", "--output=out.png")


def curves(folder) -> dict[str, dict[int, float]]:
    """{tag: {step: value}} of the scalars, each step once."""
    read: dict[str, dict[int, float]] = {}
    for event in read_events(folder):
        for value in event.summary.value:
            if value.metadata.plugin_data.plugin_name == "scalars":
                curve = read.setdefault(value.tag, {})
                assert event.step not in curve
                curve[event.step] = float(tf.make_ndarray(value.tensor))
    return read


def assert_curves_of_record(folder, name: str) -> None:
    """Curves of runs/NAME are those of the record NAME.json."""
    record = json.loads((folder / f"{name}.json").read_text())
    read, weights = curves(folder / "runs" / name), record["term_weights"]
    total = np.zeros(record["steps_made"])
    for term, values in record["losses"].items():
        weighted = weights[term] * np.array(values)
        total += weighted
        curve = read[f"terms/{term}"]
        assert list(curve) == list(range(1, len(values) + 1))
        np.testing.assert_allclose(list(curve.values()), weighted, rtol=1e-6)
    np.testing.assert_allclose(list(read["loss/total"].values()), total, rtol=1e-6)
    roles = [values for tag, values in read.items() if tag.startswith("loss/")]
    np.testing.assert_allclose(sum(values[1] for values in roles), 2 * total[0], rtol=1e-6)
    final = sum(weights[term] * value for term, value in record["final"].items())
    assert read["result/total"] == {record["steps_made"]: pytest.approx(final, rel=1e-6)}


def test_curves_pictures_and_settings_are_those_of_the_record(folder, run_here):
    ran = run_here(*MONITORED)
    assert_fine(ran)
    assert "monitor  runs/out (tensorboard --logdir runs)" in ran.out.splitlines()
    assert_curves_of_record(folder, "out")
    texts = {}
    for event in read_events(folder / "runs/out"):
        for value in event.summary.value:
            if value.metadata.plugin_data.plugin_name == "text":
                texts[value.tag] = tf.make_ndarray(value.tensor).item().decode()
    options = texts["settings/options"].splitlines()
    assert {"| content | photo.png |", "| size | 64 |", "| steps | 3,5 |"} <= set(options)
    record = json.loads((folder / "out.json").read_text())
    rows = [f"| {term} | {weight} |" for term, weight in record["term_weights"].items()]
    assert texts["settings/weights"].splitlines()[2:] == rows


def test_a_run_that_goes_on_continues_the_same_curves(folder, run_here, monkeypatch):
    """The signal comes at the second scale; the curves are those of the whole run's record."""

    def stop(path, data, check):
        os.kill(os.getpid(), 15)

    with monkeypatch.context() as patch:
        patch.setattr(results, "write_atomically", stop)
        assert run_here(*MONITORED, "--preview_every=4").code == 143
    assert max(curves(folder / "runs/out")["loss/total"]) == 4
    assert_fine(run_here(*MONITORED, "--resume"))
    assert_curves_of_record(folder, "out")
    assert sorted(os.listdir("runs")) == ["out"]
    assert_fine(run_here(*MONITORED, "--overwrite=true"))
    assert sorted(os.listdir("runs")) == ["out", "out-2"]
    assert curves(folder / "runs/out-2")["loss/total"] == curves(folder / "runs/out")["loss/total"]


@pytest.mark.parametrize(
    ("monitor", "said"),
    [
        ("wandb:x", "--monitor: expected tensorboard:DIR, received 'wandb:x'"),
        ("tensorboard", "--monitor: expected tensorboard:DIR, received 'tensorboard'"),
        ("tensorboard:", "--monitor: expected tensorboard:DIR, received 'tensorboard:'"),
        ("", "--monitor: expected tensorboard:DIR, received ''"),
        ("tensorboard:photo.png", "--monitor: expected a folder, received photo.png, and photo"),
        ("tensorboard:photo.png/a", "--monitor: expected a folder, received photo.png/a, and ph"),
    ],
)
def test_a_monitor_that_cannot_be_is_one_line_and_touches_nothing(folder, run_here, monitor, said):
    before = snapshot(folder)
    assert_one_line(run_here(*GOOD, f"--monitor={monitor}"), 2, (said,))
    assert snapshot(folder) == before


def test_a_folder_that_is_not_writable_is_one_line(folder, run_here, monkeypatch):
    """The one that is there already is tried; nothing is made in it."""
    (folder / "runs").mkdir()

    def refused(**_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tf_nst.io.writing.tempfile.NamedTemporaryFile", refused)
    with pytest.raises(UserError, match=r"^--monitor: the folder runs cannot be written to \(Perm"):
        check_monitor("tensorboard:runs/a/b")
    assert not list((folder / "runs").iterdir())


def test_a_monitor_that_fails_does_not_end_the_painting(folder, run_here, monkeypatch):
    """The folder becomes a file between the check and the first event."""
    monkeypatch.setattr("tf_nst.cli.run.check_monitor", lambda monitor: None)
    (folder / "runs").write_text("")
    ran = run_here(*MONITORED)
    assert_fine(ran)
    said = [line for line in ran.out.splitlines() if line.startswith("note: --monitor: runs/out")]
    assert len(said) == 1 and said[0].endswith("; the painting continues")
    assert (folder / "out.png").exists()


def test_variables_and_home_in_the_folder(monkeypatch):
    monkeypatch.setenv("TF_NST_A", "a")
    values = parse_flags(["tf-nst", *FILES, "--monitor=tensorboard:$TF_NST_A/b"], PAINT_FLAGS)
    assert values.monitor == "tensorboard:a/b"
