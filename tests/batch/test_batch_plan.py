"""Pairs as jobs, and the order in which they are handed out."""

import os
from contextlib import nullcontext

import pytest
from batches import FLAGS, TINY, values_of, write_folders, write_picture

from tf_nst.batch.flags import painting_values
from tf_nst.batch.plan import Job, Schedule, plan_jobs
from tf_nst.errors import UserError


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_photograph_is_painted_by_every_style(here):
    write_folders(here)
    jobs = plan_jobs(values_of("photos", "styles", "out", *FLAGS))
    assert jobs[0] == Job("photos/a.png", "styles/s.png", "s/a.png", TINY)
    assert [job.output for job in jobs] == ["s/a.png", "s/b.png", "t/a.png", "t/b.png"]


def test_a_pattern_stands_for_the_same_photographs_when_its_batch_goes_on(here):
    write_folders(here)
    values = values_of("**/[ab].png", "styles", "out")
    jobs = plan_jobs(values)
    write_picture(here / "out" / "s" / "a.png")
    (here / "out" / "journal.jsonl").touch()
    assert plan_jobs(values) == jobs
    with pytest.raises(UserError, match="--photos: expected a pattern that files out of out match"):
        plan_jobs(values_of("out/*/*.png", "styles", "out"))


def test_flags_are_those_that_were_given_and_count(here):
    write_folders(here)
    (here / "more.cfg").write_text("--steps=9\n--size=64\n--style_layers=conv1_1\n")
    arguments = ("--flagfile=more.cfg", "--seconds=5", "--style-weight=0", "--keep_metadata")
    (job, *_) = plan_jobs(values_of("photos", "styles", "out", *arguments))
    assert job.flags == {
        "size": "64",
        "seconds": "5.0",
        "style_weight": "0.0",
        "keep_metadata": "true",
    }


def test_a_style_with_a_comma_in_its_name_is_one_style(here):
    write_folders(here, styles=("s,1",))
    (job, *_) = plan_jobs(values_of("photos", "styles", "out"))
    assert (job.style, job.output) == (r"styles/s\,1.png", "s,1/a.png")


def test_a_line_of_a_csv_overrides_the_flags(here):
    (here / "p.csv").write_text(
        'content,style,output,seconds\na.jpg,s.jpg,,\nb.jpg,"s.jpg:2,t.jpg",,3\nb.jpg,s.jpg,x/y.jpg,\n'
    )
    one, two, three = plan_jobs(values_of("p.csv", "out", "--steps=4"))
    assert one == Job("a.jpg", "s.jpg", "s/a.png", {"steps": "4"})
    assert two == Job("b.jpg", "s.jpg:2.0,t.jpg", "s+t/b.png", {"seconds": "3"})
    assert three.output == "x/y.jpg"


@pytest.mark.parametrize("row", ["512,monet", "monet,512"])
def test_a_line_s_own_flags_override_its_preset_in_any_order_of_columns(here, row):
    names = "size,preset" if row.startswith("512") else "preset,size"
    (here / "p.csv").write_text(f"content,style,{names}\na.jpg,s.jpg,{row}\n")
    (job,) = plan_jobs(values_of("p.csv", "out", "--size=64", "--style_weight=3"))
    values = painting_values(job.content, job.style, "out/x.png", job.flags)
    assert values.size == 512
    # The command's flags come before the line's preset, which overrides them.
    assert list(job.flags)[:2] == ["style_weight", "preset"]


@pytest.mark.parametrize(
    ("row", "flags"),
    [("a.jpg,paintings,", ("p.csv", ".")), ("a.jpg,s.jpg,paintings/x.png", ("p.csv", "."))],
)
def test_nothing_is_painted_into_a_folder_that_is_read(here, row, flags):
    write_picture(here / "paintings" / "s.png")
    rows = f"{row}\nb.jpg,paintings,\n"
    (here / "p.csv").write_text(f"content,style,output\n{rows}")
    with pytest.raises(UserError, match="would be one of the pictures of the folder paintings"):
        plan_jobs(values_of(*flags))


def test_a_style_called_like_the_folder_of_photographs_is_refused(here):
    write_folders(here, styles=("photos",))
    with pytest.raises(UserError, match="would be one of the pictures of the folder photos"):
        plan_jobs(values_of("photos", "styles", "."))


def test_a_layer_that_is_mistyped_is_refused_with_its_line(here):
    (here / "p.csv").write_text("content,style,style_layers\na.jpg,s.jpg,\nb.jpg,s.jpg,conv9_9\n")
    with pytest.raises(UserError, match=r"^p\.csv, line 3: --style_layers: .*conv9_9"):
        plan_jobs(values_of("p.csv", "out"))


def test_a_csv_may_be_given_by_its_flag(here):
    (here / "p.csv").write_text("content,style\na.jpg,s.jpg\n")
    (job,) = plan_jobs(values_of("--photos=p.csv", "out"))
    assert job.output == "s/a.png"


def test_pictures_stay_in_the_folder_to_write_to_whatever_the_styles_folder_is_called(here):
    """`..` has the name of the folder that it leads to, / has none."""
    (here / "album").mkdir()
    (here / "album" / "p.csv").write_text("content,style\na.jpg,..\nb.jpg,.\nc.jpg,/\n")
    jobs = plan_jobs(values_of("album/p.csv", "out"))
    assert [job.output for job in jobs] == [f"{here.name}/a.png", "album/b.png", "c.png"]


def test_a_variable_in_a_name_that_is_written_is_none(here, monkeypatch):
    monkeypatch.setenv("TF_NST_A", "elsewhere")
    write_folders(here, photos=("$TF_NST_A",), styles=("s",))
    (job,) = plan_jobs(values_of("photos", "styles", "out"))
    values = painting_values(job.content, job.style, f"out/{job.output}", job.flags)
    assert (values.content, values.output) == ("photos/$TF_NST_A.png", "out/s/$TF_NST_A.png")


@pytest.mark.parametrize("flag", ["mask", "keep", "init"])
def test_a_picture_of_a_flag_is_not_written_over(here, flag):
    write_folders(here, photos=("a",), styles=("s",))
    write_picture(here / "out" / "s" / "a.png")
    with pytest.raises(UserError, match=r"^--out: out/s/a.png is a picture that is read"):
        plan_jobs(values_of("photos", "styles", "out", f"--{flag}=out/s/a.png"))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
@pytest.mark.parametrize(
    ("row", "flag", "path"),
    [
        ("-,s.png,", "photos", "-"),
        ("pipe.png,s.png,", "photos", "pipe.png"),
        ("a.png,-,", "styles", "-"),
        ("a.png,s.png,-", "mask", "-"),
        ("a.png,s.png,pipe.png", "mask", "pipe.png"),
    ],
)
def test_a_pipe_is_refused(here, row, flag, path):
    """stdin is how a process that paints hears of its jobs, and files are read again."""
    os.mkfifo(here / "pipe.png")
    (here / "p.csv").write_text(f"content,style,mask\n{row}\n")
    with pytest.raises(UserError, match=f"^--{flag}: .*, received {path}, a pipe or a device$"):
        plan_jobs(values_of("p.csv", "out"))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("content,style,output\na,s,report.jsonl/a.png\n", "another name than report.jsonl"),
        ("content,style,output\na,s,x/journal.jsonl/a.png\n", ""),
        (
            "content,style,output\na,s,a.png\na,s,a.png/b/c.png\n",
            "another name than a.png",
        ),
    ],
)
def test_a_folder_does_not_have_the_name_of_a_file(here, text, line):
    (here / "p.csv").write_text(text)
    with pytest.raises(UserError, match=line) if line else nullcontext():
        plan_jobs(values_of("p.csv", "out"))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("content,style\na.jpg,s.jpg\na.png,s.jpg\n", "p.csv, line 3: .* of line 2, received s/a"),
        ("content,style,size\na.jpg,s.jpg,big\n", "p.csv, line 2: --size: expected"),
        ("content,style,output\na.jpg,s.jpg,x.gif\n", "p.csv, line 2: --output: expected a name"),
        ("content,style,quality\na.jpg,s.jpg,80\n", "p.csv, line 2: --quality"),
        ("content,style,seconds,steps\na,s,1,2\n", "p.csv, line 2: --.*seconds"),
    ],
)
def test_a_line_of_a_csv_that_cannot_be_painted_is_refused(here, text, line):
    (here / "p.csv").write_text(text)
    with pytest.raises(UserError, match=line):
        plan_jobs(values_of("p.csv", "out"))


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("photos", "styles", "photos/out"), "--out and --photos: expected a folder elsewhere"),
        (("twice", "styles", "out"), "--photos: .* twice/a.jpg and twice/a.png, .* to a.png"),
        (("photos", "twice", "out"), "--styles: .* twice/a.png, .* to the folder a"),
        (("photos", "empty", "out"), "--styles: expected a folder of pictures, received empty"),
        (("photos", "styles", "out", "--size=0"), "--size: expected"),
        (("photos", "styles", "out", "--quality=80"), "--quality"),
        (("photos", "--out=out"), "--styles: expected a folder, .* received nothing"),
        (("photos/photos.png", "styles/a.png", "."), "--out: ./a/photos.png is a picture that is"),
        (("p.csv", "out", "--styles=styles"), "--styles: expected none with the CSV p.csv"),
        (("p.csv", "styles", "out"), "--styles: expected none with the CSV p.csv"),
        (
            ("photos", "styles", "out", "x"),
            "beyond --photos, --styles, --out, received 'x'",
        ),
    ],
)
def test_bad_input_is_refused_in_a_line(here, arguments, line):
    write_folders(here, photos=("photos",), styles=("a",))
    write_picture(here / "twice" / "a.jpg")
    write_picture(here / "twice" / "a.png")
    write_picture(here / "a" / "photos.png")
    (here / "photos" / "photos.png").unlink()
    (here / "photos" / "photos.png").symlink_to(here / "a" / "photos.png")
    (here / "empty").mkdir()
    with pytest.raises(UserError, match=line):
        plan_jobs(values_of(*arguments))


# --- the order -------------------------------------------------------------------------------


def jobs_of(style: str, *names: str) -> list[Job]:
    return [Job(f"{name}.png", style, f"{style}/{name}.png", {}) for name in names]


def schedule_of(jobs: list[Job], tall: str = "") -> Schedule:
    return Schedule(
        jobs, {job.output: (2, 1) if job.content[0] in tall else (1, 2) for job in jobs}
    )


def names(jobs) -> list[str]:
    return [job and job.output.removesuffix(".png") for job in jobs]


def test_jobs_of_one_style_and_shape_follow_each_other():
    schedule = schedule_of([*jobs_of("s", "a", "b", "c"), *jobs_of("t", "a")], tall="b")
    me = schedule.enter()
    order = names(schedule.next(me) for _ in range(5))
    assert order == ["s/a", "s/c", "s/b", "t/a", None]


def test_each_process_has_a_group_of_its_own_until_they_are_few():
    schedule = schedule_of([*jobs_of("s", "a", "b", "c"), *jobs_of("t", "a")])
    me, other = schedule.enter(), schedule.enter()
    assert names([schedule.next(me), schedule.next(other)]) == ["s/a", "t/a"]
    assert names([schedule.next(other), schedule.next(me), schedule.next(me)]) == [
        "s/b",
        "s/c",
        None,
    ]
