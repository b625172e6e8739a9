"""What `tf-nst video` refuses: in one line, before anything is painted; nothing is left behind."""

import sys

import numpy as np
import pytest
from film_inputs import FLAGS, write_film, write_inputs
from moving import pan, scene
from PIL import Image as Pillow

from tf_nst.cli.main import main


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A film of five frames, one of two shots, a style, a painted film that is there, and masks."""
    folder = write_inputs(tmp_path_factory.mktemp("refusals"))
    colors = [np.full((24, 32, 3), value, np.uint8) for value in (10, 240)]
    noises = [scene(24, 32, seed) // 3 + shade // 2 for seed, shade in enumerate(colors)]
    write_film(folder / "cut", [*pan(2, 24, 32), *(it.astype(np.uint8) for it in noises)])
    write_film(folder / "there.gif", pan(2, 24, 32))
    Pillow.fromarray(np.full((24, 32), 255, np.uint8)).save(folder / "white.png")
    for name in ("still.png", "out.gif.preview.png"):
        (folder / name).write_bytes((folder / "style.png").read_bytes())
    (folder / "masks").mkdir()
    Pillow.fromarray(np.full((24, 32), 128, np.uint8)).save(folder / "masks" / "1.png")
    (folder / "below.preview.png").mkdir()
    (folder / "foreign.frames").mkdir()
    (folder / "foreign.frames" / "diary.txt").write_text("mine")
    return folder


STYLE = "--style={0}/style.png"
FADE = "--style_fade={0}/style.png@0s,{0}/style.png@1s"


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        ([], "--style and --style_fade: expected one of them, received neither"),
        ([STYLE, FADE], "--style and --style_fade: expected one of them, received both"),
        (["--style_fade={0}/style.png"], "--style_fade: expected PATH@SECONDS"),
        (["--style_fade={0}/none.png@0s"], "none.png"),
        ([FADE, "--style_size=16,24"], "--style_size: expected one number with --style_fade"),
        *(
            ([FADE, f"--{flag}={{0}}/white.png"], f"--{flag}: expected none with --style_fade")
            for flag in ("mask", "style_mask", "labels")
        ),
        (["--style={0}/none.png"], "--style"),
        ([STYLE, "--temporal_weight=-1"], "--temporal_weight: expected a finite number"),
        ([STYLE, "--frame_steps=0"], "--frame_steps: expected a whole number from 1"),
        ([STYLE, "--passes=0"], "--passes: expected a whole number from 1 to 20"),
        ([STYLE, "--every=0"], "--every: expected a whole number from 1 to 100"),
        ([STYLE, "--seconds=9"], "--seconds: expected a flag that --help lists"),
        ([STYLE, "--strategy=workers", "--tile=32"], "--strategy: expected devices of this"),
        ([STYLE, "--content={0}/none.mp4"], "--content: {0}/none.mp4 does not exist"),
        ([STYLE, "--content={0}/style.png"], "--content"),
        ([STYLE, "--output=-"], "--output: expected a film or a folder, received -"),
        ([STYLE, "--output={0}/out.txt"], "--output"),
        ([STYLE, "--output={0}/none/out.gif"], "--output"),
        ([STYLE, "--output={0}/there.gif", "--overwrite=false"], "there.gif exists and stays"),
        (
            [STYLE, "--content={0}/there.gif", "--output={0}/there.gif"],
            "--output and --content: {0}/there.gif would be overwritten",
        ),
        (
            ["--style={0}/still.png", "--output={0}/still.png"],
            "--output and --style: {0}/still.png would be overwritten by {0}/still.png",
        ),
        (
            [FADE, "--keep={0}/white.png", "--output={0}/white.png"],
            "--output and --keep: {0}/white.png would be overwritten",
        ),
        (
            ["--style={0}/out.gif.preview.png", "--preview"],
            "--style: {0}/out.gif.preview.png would be overwritten by {0}/out.gif.preview.png",
        ),
        (
            [STYLE, "--output={0}/below", "--preview"],
            "--preview: {0}/below.preview.png is a folder",
        ),
        *(
            ([STYLE, f"--output={{0}}/clip/{name}"], "--output and --content: expected a folder")
            for name in ("out.gif", "out.mp4", "painted/")
        ),
        (
            [STYLE, "--keep={0}/masks", "--output={0}/masks/out.gif", "--preview"],
            "received {0}/masks/out.gif, which lies in {0}/masks, whose pictures are read",
        ),
        ([STYLE, "--output={0}/foreign"], "exists and is not from tf_nst"),
        ([STYLE, "--keep={0}/masks"], "--keep: expected a mask for each of 5 frames, received 1"),
        ([STYLE, "--keep={0}/none.png"], "--keep"),
        ([STYLE, "--keep={0}/white.png"], "--keep: expected something left to paint"),
        ([STYLE, "--size=16"], "--size: expected frames of at least 16 pixels a side"),
        (
            [STYLE, "--content={0}/cut", "--loop"],
            "--loop: expected a film without cuts, received one of",
        ),
    ],
)
def test_bad_input_is_answered_in_a_line(folder, capsys, flags, message):
    before = sorted(folder.iterdir())
    given = [f"--content={folder}/clip", f"--output={folder}/out.gif", *FLAGS, *flags]
    assert main(["tf-nst", "video", *(flag.format(folder) for flag in given)]) == 2
    error = capsys.readouterr().err
    assert message.format(folder) in error
    assert error.count("\n") == 1 and "Traceback" not in error
    assert sorted(folder.iterdir()) == before


def test_without_opencv_the_extra_is_named(folder, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "cv2", None)
    given = [f"{folder}/clip", f"{folder}/style.png", "-o", f"{folder}/out.gif", *FLAGS]
    assert main(["tf-nst", "video", *given]) == 2
    assert 'pip install "tf_nst[video]"' in capsys.readouterr().err


def test_frames_of_other_flags_are_not_mixed(folder, capsys):
    from tf_nst.cli.parsing import parse_flags
    from tf_nst.video.flags import VIDEO_FLAGS
    from tf_nst.video.ingest import ingest
    from tf_nst.video.reading import open_clip
    from tf_nst.video.work_folder import WorkFolder

    given = [f"--content={folder}/clip", STYLE.format(folder), f"--output={folder}/mixed", *FLAGS]
    work = WorkFolder(folder / "mixed.frames")
    work.make()
    work.make_parts()
    (work.path / "journal.jsonl").touch()
    with open_clip(f"{folder}/clip") as clip:
        ingest(parse_flags(["tf-nst", *given], VIDEO_FLAGS), clip, work, bool)
    assert main(["tf-nst", "video", *given, "--frame_steps=1"]) == 2
    assert "has the frames of another film or of other flags" in capsys.readouterr().err
