"""What the monitor writes for TensorBoard, read back from its event files."""

import io

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image as Pillow
from run_events import CONTENT, SCALE, STYLES, TERMS_OF_RUN, done

from tf_nst.engine.events import Finished, Note, ScaleStarted
from tf_nst.io.images import Image
from tf_nst.io.tensorboard import TensorBoard, Written, folder_of_run, read_events, read_written

FINAL = Finished(
    tf.ones([1, 4, 6, 3]),
    {
        term.name: np.array([value], np.float32)
        for term, value in zip(TERMS_OF_RUN, (0.5, 0.25, 0.125), strict=True)
    },
)


@pytest.fixture
def lines():
    return []


@pytest.fixture
def monitor(tmp_path, lines):
    """Makes a monitor of tmp_path/run: **options -> TensorBoard."""

    def make(folder=tmp_path / "run", every=2, **options) -> TensorBoard:
        def picture_of(image):
            return Image(np.full((4, 6, 3), int(np.asarray(image).flat[0]), np.uint8))

        options = {"every": every, "report": lines.append, **options}
        return TensorBoard(folder, TERMS_OF_RUN, picture_of, **options)

    return make


def written_in(folder, plugin: str) -> dict[str, list]:
    """{tag: [(step, value)]} of a plugin, by step: files of one second may be in any order."""
    written: dict[str, list] = {}
    for event in read_events(folder):
        for value in event.summary.value:
            if value.metadata.plugin_data.plugin_name == plugin:
                array = tf.make_ndarray(value.tensor)
                written.setdefault(value.tag, []).append((event.step, array.tolist()))
    return {tag: sorted(values) for tag, values in written.items()}


def run(listener, *events) -> None:
    for event in events:
        listener(event)
    listener.close()


def test_scalars_are_weighted_losses_by_role_and_term_and_the_speed(tmp_path, monitor):
    """Weights are 2, 3 and 5."""
    calls = done(2, ((1, 2), (3, 4), (5, 6)), seconds=0.5), done(3, ((1,), (0,), (0,)))
    run(monitor(), ScaleStarted(0, SCALE), *calls, Note("a line"), FINAL)
    assert written_in(tmp_path / "run", "scalars") == {
        "loss/content": [(1, 2.0), (2, 4.0), (3, 2.0)],
        "loss/style": [(1, 34.0), (2, 42.0), (3, 0.0)],
        "loss/total": [(1, 36.0), (2, 46.0), (3, 2.0)],
        f"terms/{CONTENT.name}": [(1, 2.0), (2, 4.0), (3, 2.0)],
        f"terms/{STYLES[0].name}": [(1, 9.0), (2, 12.0), (3, 0.0)],
        f"terms/{STYLES[1].name}": [(1, 25.0), (2, 30.0), (3, 0.0)],
        "speed/steps_per_second": [(2, 4.0), (3, 1.0)],
        "result/content": [(3, 1.0)],
        "result/style": [(3, 1.375)],
        "result/total": [(3, 2.375)],
    }


def test_pictures_are_every_so_many_steps_and_the_finished_one(tmp_path, monitor):
    """In a call that passes a multiple, the picture is that of its end."""
    run(monitor(every=3), done(2), done(4, count=2), done(5), done(7, count=2), done(8), FINAL)
    (pictures,) = written_in(tmp_path / "run", "images").values()
    assert [step for step, _ in pictures] == [4, 7, 8]
    for (_, (width, height, png)), code in zip(pictures, (4, 7, 1), strict=True):
        picture = np.asarray(Pillow.open(io.BytesIO(png)))
        assert (width, height, picture.shape) == (b"6", b"4", (4, 6, 3))
        assert (picture == code).all()


def test_a_finished_picture_that_is_there_already_is_not_written_twice(tmp_path, monitor):
    run(monitor(), done(2, count=2), FINAL)
    assert [step for step, _ in written_in(tmp_path / "run", "images")["picture"]] == [2]


def test_a_large_picture_is_made_smaller(tmp_path, monitor):
    large = Image(np.zeros((30, 2048, 3), np.uint8), np.zeros((30, 2048), np.uint8))
    listener = TensorBoard(tmp_path / "run", TERMS_OF_RUN, lambda _: large, every=1, report=print)
    run(listener, done(1))
    (((_, (width, height, png)),),) = written_in(tmp_path / "run", "images").values()
    assert (width, height) == (b"1024", b"15")
    assert Pillow.open(io.BytesIO(png)).mode == "RGBA"


def test_settings_are_tables(tmp_path, monitor):
    listener = monitor()
    listener.write_settings({"options": {"size": 32, "seconds": None, "init": "a|b"}})
    listener.close()
    table = b"| name | value |\n|---|---|\n| size | 32 |\n| init | a\\|b |"
    assert written_in(tmp_path / "run", "text") == {"settings/options": [(0, table)]}


def test_a_run_that_goes_on_continues_its_curves_and_repeats_nothing(tmp_path, monitor):
    """Killed at step 3 with a state of step 2; its last record was cut off, too."""
    first = monitor(every=2)
    first.write_settings({"options": {"size": 32}})
    run(first, done(2, ((1, 2), (0, 0), (0, 0))), done(3))
    (file,) = (tmp_path / "run").iterdir()
    file.write_bytes(file.read_bytes() + b"torn")
    folder, written = folder_of_run(tmp_path, "run", goes_on=True)
    assert (folder, written) == (tmp_path / "run", Written(3))
    second = monitor(folder, every=2, written=written)
    second.write_settings({"options": {"size": 32}})
    run(second, done(4, ((9, 4), (0, 0), (0, 0))), FINAL)
    scalars = written_in(folder, "scalars")
    assert scalars["loss/total"] == [(1, 2.0), (2, 4.0), (3, 4.75), (4, 8.0)]
    assert [step for step, _ in written_in(folder, "images")["picture"]] == [2, 4]
    assert len(written_in(folder, "text")["settings/options"]) == 1
    assert read_written(folder) == Written(4, is_finished=True)


@pytest.mark.parametrize("goes_on", [False, True])
def test_each_run_has_a_folder_of_its_own(tmp_path, monitor, goes_on):
    """A run goes on in the last folder, but not where the run in it has ended."""
    assert folder_of_run(tmp_path, "run", goes_on=goes_on) == (tmp_path / "run", Written())
    run(monitor(), done(1), FINAL)
    second = tmp_path / "run-2"
    assert folder_of_run(tmp_path, "run", goes_on=goes_on) == (second, Written())
    run(monitor(second), done(1))
    expected = (second, Written(1)) if goes_on else (tmp_path / "run-3", Written())
    assert folder_of_run(tmp_path, "run", goes_on=goes_on) == expected


def test_a_folder_that_cannot_be_written_ends_the_monitor_with_one_line(tmp_path, monitor, lines):
    (tmp_path / "file").write_text("")
    listener = monitor(tmp_path / "file" / "run")
    listener.write_settings({"options": {}})
    run(listener, done(1), done(2), FINAL)
    (line,) = lines
    assert line.startswith(f"--monitor: {tmp_path}/file/run cannot be written (")
    assert line.endswith("); the painting continues")
