"""A film that goes on: under other names, with as many processes, beside a run that is at it."""

import os
import shutil

import numpy as np
import pytest
from film_inputs import FLAGS, pictures, write_film, write_inputs
from moving import pan, scene
from PIL import Image as Pillow

from tf_nst.batch import report
from tf_nst.cli.main import main
from tf_nst.cli.parsing import parse_flags
from tf_nst.errors import RunError, UserError
from tf_nst.video import command
from tf_nst.video.flags import VIDEO_FLAGS
from tf_nst.video.ingest import ingest
from tf_nst.video.look import look_of
from tf_nst.video.reading import open_clip
from tf_nst.video.tasks import Shot, preview_tasks, tasks_of
from tf_nst.video.work_folder import WorkFolder


@pytest.fixture
def inputs(tmp_path):
    return write_inputs(tmp_path)


def values_of(folder, *flags, output="out"):
    """The values of a film of FOLDER/clip in the manner of FOLDER/style.png."""
    given = {"content": folder / "clip", "style": folder / "style.png", "output": folder / output}
    arguments = [f"--{name}={path}" for name, path in given.items()]
    return parse_flags(["tf-nst", *arguments, *FLAGS, *flags], VIDEO_FLAGS)


def ingested(values):
    """The work folder of a film whose frames are there, and what it holds."""
    folder = WorkFolder(f"{values.output}.frames")
    folder.make()
    report.Journal(folder.path).close()
    folder.make_parts()
    with open_clip(values.content) as clip:
        return folder, ingest(values, clip, folder, bool)


def command_of(folder, *flags):
    """The command that paints the film of `values_of`."""
    given = [folder / "clip", folder / "style.png", "-o", folder / "out"]
    return ["tf-nst", "video", *map(str, given), *FLAGS, *flags]


def paint_all(folder, film, values):
    """Each frame of a film's first shot as if it were painted."""
    for task in tasks_of(film.shots[0], 0, command.film_config(values)):
        picture = folder.frame(task.frame)
        folder.save(task, picture, {"sweep": 1}, picture)


def replace_pool(monkeypatch, status=None):
    """Lets no process start, or gives this status to each task; a list of (number of shots, tasks)
    of each pool."""
    started = []

    class Pool:
        def __init__(self, schedule, out, journal, listen, *_):
            number = schedule.enter()
            self.tasks, self.listen = list(iter(lambda: schedule.next(number), None)), listen

        def start(self, largest, processes, jobs):
            started.append((jobs, self.tasks))
            for task in self.tasks if status else []:
                self.listen(report.Result(task.output, status, "no memory"))
            raise RunError("enough")

    monkeypatch.setattr(command, "Pool", Pool)
    return started


def test_moved_inputs_are_read_where_they_are_now(inputs):
    """The same files, by what they hold."""
    folder, before = ingested(values_of(inputs))
    moved = inputs / "moved"
    moved.mkdir()
    for name in ("clip", "style.png"):
        shutil.move(inputs / name, moved / name)
    values = values_of(moved)
    values["output"].value = str(inputs / "out")
    with open_clip(values.content) as clip:
        after = ingest(values, clip, folder, bool)
    assert (after.content, after.style) == (str(moved / "clip"), str(moved / "style.png"))
    assert folder.film() == after
    assert after.times == before.times


def masks_in(folder, names):
    """Masks whose first column has the number of their place among the names."""
    (folder / "masks").mkdir()
    for number, name in enumerate(names):
        mask = np.zeros((24, 32), np.uint8)
        mask[:, : number + 1] = 255
        Pillow.fromarray(mask).save(folder / "masks" / name)


def keeps_of(folder, film):
    """The name of each frame's mask."""
    look = look_of(film)
    return [os.path.basename(look.places(index).keep) for index in range(len(film.times))]


def test_masks_are_sorted_as_frames_are(tmp_path):
    write_inputs(tmp_path, 11)
    names = [f"{number}.png" for number in range(1, 12)]
    masks_in(tmp_path, names)
    _, film = ingested(values_of(tmp_path, f"--keep={tmp_path / 'masks'}"))
    assert keeps_of(tmp_path, film) == names


def test_a_frame_that_is_lost_leaves_the_others_their_masks(inputs):
    """Of five frames the second cannot be read: each of the others has the mask of its place."""
    broken = inputs / "clip" / "000002.png"
    broken.write_bytes(broken.read_bytes()[:60])
    names = [f"{number}.png" for number in range(5)]
    masks_in(inputs, names)
    _, film = ingested(values_of(inputs, f"--keep={inputs / 'masks'}"))
    assert film.positions == (0, 2, 3, 4)
    assert keeps_of(inputs, film) == ["0.png", "2.png", "3.png", "4.png"]


def test_a_film_that_is_being_painted_is_not_cleared(inputs, monkeypatch, capsys):
    monkeypatch.setattr(report, "PATIENCE", 0.0)
    folder, film = ingested(values_of(inputs))
    journal = report.Journal(folder.path)
    try:
        assert main(command_of(inputs, "--frame_steps=1", "--overwrite=true")) == 2
    finally:
        journal.close()
    assert "no other run paints into" in capsys.readouterr().err
    assert folder.film() == film and len(list((folder.path / "frames").iterdir())) == 5


def test_what_is_left_is_painted_by_as_many_processes_as_all(tmp_path, monkeypatch):
    """Of two shots one is painted: threads, and with them the rounding, are those of two."""
    write_inputs(tmp_path)
    shutil.rmtree(tmp_path / "clip")
    shades = [scene(24, 32, seed) // 3 + 60 * seed for seed in range(3)]
    write_film(tmp_path / "clip", [*pan(2, 24, 32), *(it.astype(np.uint8) for it in shades)])
    values = values_of(tmp_path)
    folder, film = ingested(values)
    assert len(film.shots) > 1
    paint_all(folder, film, values)
    started = replace_pool(monkeypatch)
    assert main(command_of(tmp_path)) == 1
    assert [jobs for jobs, _ in started] == [len(film.shots)]


def test_too_few_masks_are_refused_by_the_frames_of_the_file(inputs):
    broken = inputs / "clip" / "000002.png"
    broken.write_bytes(broken.read_bytes()[:60])
    masks_in(inputs, [f"{number}.png" for number in range(4)])
    with pytest.raises(UserError, match="a mask for each of 5 frames, received 4"):
        ingested(values_of(inputs, f"--keep={inputs / 'masks'}"))


@pytest.mark.parametrize("text", ["", "{", '{"identity": "a"}'])
def test_paint_of_an_unknown_film_is_painted_again(inputs, monkeypatch, capsys, text):
    """film.json is cut off or another version's: what is painted may be of other flags."""
    values = values_of(inputs)
    folder, film = ingested(values)
    paint_all(folder, film, values)
    (folder.path / "film.json").write_text(text)
    started = replace_pool(monkeypatch)
    assert main(command_of(inputs)) == 1
    assert [task.frame for task in started[0][1]] == [0, 1, 2, 3, 4]
    assert "begins again" in capsys.readouterr().out


def test_a_folder_that_has_its_name_but_no_record_is_finished(inputs, monkeypatch):
    """The disk was full; what another program puts there meanwhile is not written over."""
    values = values_of(inputs)
    folder, film = ingested(values)
    paint_all(folder, film, values)

    def write_sidecars(*_):
        raise RunError("out.json cannot be written: no space left")

    monkeypatch.setattr(command, "write_sidecars", write_sidecars)
    assert main(command_of(inputs)) == 1
    assert len(pictures(inputs / "out")) == 5 and folder.path.exists()
    monkeypatch.undo()
    (inputs / "out" / "notes.txt").touch()
    assert main(command_of(inputs)) == 2
    (inputs / "out" / "notes.txt").unlink()
    folder.mark_written(str(inputs / "out"))
    assert main(command_of(inputs)) == 0
    assert (inputs / "out.json").exists() and not folder.path.exists()
    assert len(pictures(inputs / "out")) == 5


def test_frames_and_masks_that_are_empty_files_keep_their_places(inputs):
    """As a crash leaves them: their names end as pictures' do."""
    (inputs / "clip" / "000002.png").write_bytes(b"")
    (inputs / "clip" / "000004.png").write_bytes(bytes(300))
    masks_in(inputs, [f"{number}.png" for number in range(5)])
    (inputs / "masks" / "1.png").write_bytes(b"")
    _, film = ingested(values_of(inputs, f"--keep={inputs / 'masks'}"))
    assert film.times == ("0", "2/25", "4/25") and film.positions == (0, 2, 4)
    (line,) = film.notes
    assert line.endswith("2 frames damaged and left out: 2 (0.04 s), 4 (0.12 s)")


def test_cuts_of_films_too_small_for_a_flow_are_looked_for_at_the_size_that_is_painted(inputs):
    colors = (10, 10, 240)
    frames = [scene(8, 8, color) // 9 + color // 2 for color in colors]
    shutil.rmtree(inputs / "clip")
    write_film(inputs / "clip", [frame.astype(np.uint8) for frame in frames])
    _, film = ingested(values_of(inputs))
    assert film.shots == (Shot(0, 2), Shot(2, 3))


def test_a_preview_that_was_killed_before_its_strip_is_written(inputs, monkeypatch, capsys):
    values = values_of(inputs, "--preview")
    folder, film = ingested(values)
    for task in preview_tasks(len(film.times)):
        folder.save(task, folder.frame(task.frame), {})
    replace_pool(monkeypatch)
    assert main(command_of(inputs, "--preview")) == 1
    assert Pillow.open(inputs / "out.preview.png").size == (32, 24)
    assert "preview  " in capsys.readouterr().out


def test_a_preview_whose_frames_all_fail_is_a_line(inputs, monkeypatch, capsys):
    replace_pool(monkeypatch, report.FAILED)
    assert main(command_of(inputs, "--preview")) == 1
    assert "note: no preview: all its frames failed\n" in capsys.readouterr().out
    assert not (inputs / "out.preview.png").exists()


def test_what_a_file_manager_leaves_among_the_frames_does_not_matter(inputs, monkeypatch):
    masks_in(inputs, [f"{number}.png" for number in range(5)])
    keep = f"--keep={inputs / 'masks'}"
    folder, film = ingested(values_of(inputs, keep))
    for name in ("clip", "masks"):
        (inputs / name / ".DS_Store").write_bytes(b"a view")
        (inputs / name / "Thumbs.db").write_bytes(b"small pictures")
    started = replace_pool(monkeypatch)
    assert main(command_of(inputs, keep)) == 1
    assert len(started) == 1 and folder.film() == film
