"""A film's folder: which frames are another film's, and what a removal that is killed leaves."""

import shutil
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from film_inputs import write_masks

from tf_nst.batch.report import Journal
from tf_nst.errors import UserError
from tf_nst.io.images import Image
from tf_nst.io.writing import write_together
from tf_nst.video import work_folder
from tf_nst.video.assembly import failed_frames, frames_of
from tf_nst.video.settings import FilmConfig
from tf_nst.video.tasks import Shot, Source, Task
from tf_nst.video.work_folder import Film, WorkFolder

PICTURE = Image(np.full((24, 32, 3), 77, np.uint8))


def film_of(count: int, **options) -> Film:
    """A film of one shot."""
    return Film(
        identity="a",
        content="clip",
        style="style.png",
        fade=None,
        keep=None,
        flags={},
        film=asdict(FilmConfig(**options)),
        times=tuple(f"{index}/25" for index in range(count)),
        positions=tuple(range(count)),
        shots=(Shot(0, count),),
    )


def painting(index: int, sweep: int = 1) -> Task:
    return Task(index, sweep, (), False, 0)


@pytest.fixture
def folder(tmp_path):
    """A folder of a film of two frames, of which the first is painted."""
    folder = WorkFolder(tmp_path / "out.mp4.frames")
    folder.make()
    Journal(folder.path).close()
    folder.make_parts()
    for index in range(2):
        folder.add_frame(index, PICTURE)
    folder.save_first({"record": {"size": 32}})
    folder.save(painting(0), PICTURE, {"sweep": 1, "steps": 3}, PICTURE)
    folder.begin(film_of(2))
    return folder


def names_in(folder: WorkFolder) -> set[str]:
    return {path.relative_to(folder.path).as_posix() for path in folder.path.rglob("*.*")}


def test_it_holds_frames_paint_pictures_and_what_is_said_of_them(folder):
    assert folder.film() == film_of(2)
    assert folder.first() == {"record": {"size": 32}}
    assert folder.record(0) == {"sweep": 1, "steps": 3} and folder.record(1) == {}
    assert folder.is_done(painting(0)) and not folder.is_done(painting(1))
    np.testing.assert_array_equal(folder.paint(1, 0).pixels, PICTURE.pixels)
    assert folder.paint(1, 1) is None and folder.picture(1) is None


def test_a_frame_of_a_later_sweep_is_not_painted_over_by_an_earlier_one(folder):
    """Its paint of the first sweep is missing, which had failed."""
    folder.save(painting(1, 2), PICTURE, {"sweep": 2, "failed": "no memory"})
    assert not folder.is_done(painting(1)) and not folder.is_done(painting(1, 2))
    folder.save(painting(1, 2), PICTURE, {"sweep": 2}, PICTURE)
    assert folder.is_done(painting(1)) and folder.is_done(painting(1, 2))
    assert not folder.is_done(painting(1, 3))


@pytest.mark.parametrize("between", [False, True])
def test_a_task_whose_saving_is_killed_is_not_done(folder, monkeypatch, between):
    """Before its last file has its name."""
    task = Task(1, 1, (), between, 0)
    names = []
    monkeypatch.setattr(work_folder, "write_together", lambda files: names.extend(files))
    folder.save(task, PICTURE, {"sweep": 1}, None if between else PICTURE)
    monkeypatch.undo()
    write_together(dict.fromkeys(names[:-1], b"{}"))
    assert not folder.is_done(task)
    write_together({names[-1]: b"{}"})
    assert folder.is_done(task)


def test_cleared_only_its_journal_is_left(folder):
    folder.clear()
    assert names_in(folder) == {"journal.jsonl"}
    assert folder.film() is None and folder.first() == {}
    assert folder.paint(1, 0) is None


def test_removed_it_is_gone(folder):
    folder.remove()
    assert not folder.path.exists()


@pytest.mark.parametrize("count", range(4))
def test_a_removal_that_is_killed_leaves_no_paint_for_another_film(folder, monkeypatch, count):
    """After so many folders: those frames are another film's only without any paint of it."""
    calls = []

    def rmtree(path, ignore_errors):
        if len(calls) == count:
            raise KeyboardInterrupt
        calls.append(path)
        removed(path, ignore_errors=ignore_errors)

    removed = shutil.rmtree
    monkeypatch.setattr(shutil, "rmtree", rmtree)
    with pytest.raises(KeyboardInterrupt):
        folder.remove()
    assert folder.film() is not None or not list((folder.path / "paint").glob("*"))
    WorkFolder(folder.path).check()


def test_a_folder_that_was_made_and_no_more_is_its_own(tmp_path):
    folder = WorkFolder(tmp_path / "out.frames")
    folder.make()
    folder.check()


def test_a_folder_of_others_is_refused(tmp_path):
    (tmp_path / "out.frames").mkdir()
    (tmp_path / "out.frames" / "diary.txt").touch()
    with pytest.raises(UserError, match="exists and is not from tf_nst"):
        WorkFolder(tmp_path / "out.frames").check()


def test_frames_whose_process_died_have_failed_in_the_last_sweep_too(folder):
    assert failed_frames(film_of(2), folder) == {1: "the process died"}
    folder.save(painting(1), PICTURE, {"sweep": 1, "failed": "no memory"})
    assert failed_frames(film_of(2), folder) == {1: "no memory"}
    folder.save(painting(1, 2), PICTURE, {"sweep": 2})
    assert failed_frames(film_of(2, passes=2), folder) == {0: "the process died"}
    between = Task(0, 2, (Source(1, 2, 1), Source(1, 2, 1)), True, 0)
    folder.save(between, PICTURE, {"between": True})
    assert failed_frames(film_of(2, passes=2), folder) == {}


def test_the_film_is_beside_it():
    assert WorkFolder("a/out.mp4.frames").output == Path("a/out.mp4")


def test_a_missing_frame_is_the_one_before_moved_along_but_never_over_a_cut(folder):
    """Of four frames the second and the third are missing, and the third begins a shot."""
    shades = [Image(np.full((24, 32, 3), shade, np.uint8)) for shade in (10, 20, 200, 210)]
    for index, shade in enumerate(shades):
        folder.add_frame(index, shade)
    folder.save(painting(0), PICTURE, {"sweep": 1}, PICTURE)
    folder.save(painting(3), PICTURE, {"sweep": 1}, PICTURE)
    film = film_of(4)._replace(shots=(Shot(0, 2), Shot(2, 4)))
    codes = [int(picture.pixels[9, 9, 0]) for _, picture in frames_of(film, folder)]
    assert codes == [77, 77, 200, 77]


@pytest.mark.parametrize(("white", "codes"), [(16, (20, 77)), (32, (20, 20)), (0, (77, 77))])
def test_what_masks_keep_of_a_missing_frame_is_the_film(folder, tmp_path, white, codes):
    """Its process died before anything was saved."""
    masks = write_masks(tmp_path / "masks", 0, white)
    folder.add_frame(1, Image(np.full((24, 32, 3), 20, np.uint8)))
    film = film_of(2)._replace(keep=str(masks))
    _, (_, picture) = frames_of(film, folder)
    assert (picture.pixels[9, 2, 0], picture.pixels[9, 29, 0]) == codes
