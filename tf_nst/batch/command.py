"""`tf-nst batch`: many photographs by many styles."""

import os
from collections.abc import Sequence
from importlib.util import find_spec

from tf_nst.batch.done import is_done
from tf_nst.batch.flags import BATCH_FLAGS, flags_for
from tf_nst.batch.plan import Job, Schedule, plan_jobs
from tf_nst.batch.pool import Pool
from tf_nst.batch.report import (
    FAILED,
    LEFT,
    REPORT,
    SKIPPED,
    Journal,
    Result,
    outlook,
    summary,
    write_report,
)
from tf_nst.batch.shapes import largest_of, shapes_of
from tf_nst.cli.command import run_command
from tf_nst.cli.parsing import Values
from tf_nst.cli.stop import Stop
from tf_nst.cli.terminal import say
from tf_nst.errors import RunError, UserError

USAGE = """\
tf-nst batch PHOTOS STYLES OUT [flags]
tf-nst batch PAIRS.csv OUT [flags]
tf-nst batch PHOTOS STYLES OUT --runner=RUNNER [--runner_options='...'] [flags]

Paints every photograph in the manner of every painting, to OUT/STYLE/NAME.png.
PHOTOS and STYLES are folders, or patterns in quotes; a CSV has a line for each
picture: content, style, and any flags. Pictures that the same files and flags
painted before are skipped, so that the same command continues a batch that was
stopped or killed; others are painted again and overwritten. OUT/report.jsonl
has the result for each picture."""

BEAM_EXTRA = 'pip install "tf_nst[beam]"'
TABLES = {"": BATCH_FLAGS}
# How often it is looked whether a signal came.
_PAUSE = 0.2


def main(argv: list[str]) -> int:
    """Runs the command; returns its exit code."""
    return run_command(argv, flags_for(argv[1:]), USAGE, paint_batch)


def paint_batch(values: Values) -> int:
    """Paints the batch of parsed flags.

    Returns:
      0, or 128 and the number of the signal that ended the batch early.

    Raises:
      UserError: flags, folders or a CSV that are no good.
      RunError: a picture failed; the others are painted.
    """
    if values.runner:
        return _end(values.out, _paint_by_beam(values))
    if values.runner_options:
        raise UserError(
            f"--runner_options: expected --runner as well, received {values.runner_options!r} alone"
        )
    for name in ("photos", "styles", "out"):
        if "://" in (values[name].value or ""):
            raise UserError(
                f"--{name}: expected --runner with a path of another file system, received "
                f"{values[name].value}"
            )
    jobs = plan_jobs(values)
    _make_folder(values.out)
    journal = Journal(values.out)
    try:
        return _paint_here(values, jobs, journal)
    finally:
        journal.close()


def _paint_by_beam(values: Values) -> list[Result]:
    if not find_spec("apache_beam"):
        raise UserError(
            f"--runner: {values.runner} needs Apache Beam; expected it to be installed: "
            f"{BEAM_EXTRA}"
        )
    if values.processes:
        raise UserError(
            "--processes and --runner: the runner decides how many, expected one of them, received "
            "both"
        )
    from tf_nst.batch.pipeline import run_pipeline

    return run_pipeline(values)


def _make_folder(out: str) -> None:
    try:
        os.makedirs(out, exist_ok=True)
    except OSError as error:
        raise UserError(f"--out: the folder {out} cannot be made ({error.strerror})") from error


def _paint_here(values: Values, jobs: Sequence[Job], journal: Journal) -> int:
    """Paints the jobs that are left by processes of this machine."""
    results = [Result(job.output, SKIPPED) for job in jobs if is_done(job, values.out)]
    done = {result.picture for result in results}
    left = [job for job in jobs if job.output not in done]
    again = sum(os.path.exists(os.path.join(values.out, job.output)) for job in left)
    say(f"batch    {outlook(len(jobs), len(done), again)}")
    signum, failure = 0, None
    if left:
        signum, failure = _paint_left(values, left, journal, results)
    known = {result.picture: result for result in results}
    results = [known.get(job.output, Result(job.output, LEFT)) for job in jobs]
    write_report(values.out, results)
    if failure:
        raise failure
    return _end(values.out, results, signum)


def _paint_left(
    values: Values, jobs: list[Job], journal: Journal, results: list[Result]
) -> tuple[int, Exception | None]:
    """Adds the results of jobs; returns the signal that ended them early, and what else did."""
    shapes, total = shapes_of(jobs), len(jobs)
    painted = iter(range(1, total + 1))

    def listen(result: Result) -> None:
        results.append(result)
        say(_line(result, next(painted), total))

    with Stop() as stop:
        schedule = Schedule(jobs, shapes)
        pool = Pool(schedule, values.out, journal, listen, lambda: bool(stop.signum))
        course = pool.start(largest_of(jobs, shapes), values.processes, total)
        say(f"         processes: {course.processes}, threads of each: {course.threads or 'all'}")
        while not pool.wait(_PAUSE):
            pass  # where the signals are heard
        return stop.signum, pool.failure


def _line(result: Result, number: int, total: int) -> str:
    about = f": {result.reason}" if result.reason else f" ({result.seconds:.1f} s)"
    return f"{number}/{total}  {result.status} {result.picture}{about}"


def _end(out: str, results: Sequence[Result], signum: int = 0) -> int:
    """The last line, and the exit code."""
    counts, report = summary(results), os.path.join(out, REPORT)
    if signum:
        say(f"stopped: {counts}; the same command continues ({report})")
        return 128 + signum
    failed = [result for result in results if result.status == FAILED]
    if failed:
        first = failed[0]
        raise RunError(
            f"{counts}, the first that failed is {first.picture}: {first.reason} ({report})"
        )
    say(f"done: {counts} ({report})")
    return 0
