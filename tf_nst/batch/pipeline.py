"""A batch by Apache Beam: the same jobs, on any of its runners."""

import json
import os
import shlex
from collections import Counter
from collections.abc import Iterable, Iterator

import apache_beam as beam
from apache_beam.io import WriteToText
from apache_beam.io.filesystems import FileSystems
from apache_beam.options.pipeline_options import DirectOptions, PipelineOptions
from apache_beam.runners import create_runner
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.runners.runner import PipelineRunner, PipelineState

from tf_nst.batch.plan import Job, Manner, plan_jobs
from tf_nst.batch.pool import cores_here
from tf_nst.batch.report import REPORT, Result
from tf_nst.batch.shapes import shape_of
from tf_nst.cli.command import reason
from tf_nst.cli.parsing import Values
from tf_nst.errors import RunError, UserError

# Jobs of one style are dealt to so many shares, and groups of different shares may go to different
# workers.
SHARES = 16


class Paint(beam.DoFn):
    """Paints the jobs of a group with an engine that lives as long as the worker lets it.

    Args:
      out: where pictures are written.
      threads: that a worker computes with; 0: as TensorFlow likes.
    """

    def __init__(self, out: str, threads: int):
        self.out, self.threads = out, threads

    def setup(self) -> None:
        """Imports TensorFlow, once for each worker."""
        os.environ["KERAS_BACKEND"] = "tensorflow"
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        from tf_nst.batch.threads import use_threads

        if self.threads:
            use_threads(self.threads)
        from tf_nst.engine.engine import Engine

        self.engine = Engine()

    def process(self, group: tuple[str, Iterable[str]]) -> Iterator[str]:
        """A line of the report for each job."""
        from tf_nst.batch.remote import paint_anywhere

        _, jobs = group
        for job in jobs:
            yield paint_anywhere(Job(*json.loads(job)), self.out, self.engine).line()


def run_pipeline(values: Values) -> list[Result]:
    """Paints the batch of parsed flags by a runner; returns what became of each job.

    Raises:
      UserError: as `plan_jobs`, an unknown runner, or options that Beam refuses.
      RunError: the runner gave up.
    """
    from tf_nst.batch.remote import is_remote, list_anywhere

    options = _options(values)
    runner = _runner(values.runner)
    jobs = plan_jobs(values, list_anywhere)
    out = values.out
    if not is_remote(out):
        out = os.path.abspath(out)
        os.makedirs(out, exist_ok=True)
    workers = options.view_as(DirectOptions).direct_num_workers
    threads = max(1, cores_here() // workers) if workers > 1 else 0
    pipeline = beam.Pipeline(runner=runner, options=options)
    build(pipeline, jobs, out, threads)
    try:
        state = pipeline.run().wait_until_finish()
    except Exception as error:
        raise RunError(f"--runner: {values.runner} gave up: {reason(error)}") from error
    if state not in (None, PipelineState.DONE):
        raise RunError(f"--runner: {values.runner} ended in the state {state}")
    return _results(out)


def build(pipeline: beam.Pipeline, jobs: Iterable[Job], out: str, threads: int = 0) -> None:
    """Adds to a pipeline what paints jobs and writes OUT/report.jsonl."""
    name, suffix = os.path.splitext(REPORT)
    _ = (
        pipeline
        | "Jobs" >> beam.Create([json.dumps(dealt) for dealt in deal(jobs)])
        | "Style and shape" >> beam.Map(_keyed)
        | "Group" >> beam.GroupByKey()
        | "Paint" >> beam.ParDo(Paint(out, threads))
        | "Report"
        >> WriteToText(FileSystems.join(out, name), file_name_suffix=suffix, shard_name_template="")
    )


def deal(jobs: Iterable[Job]) -> Iterator[tuple[int, Job]]:
    """Each job with its share, of those in one manner in turn: a few are spread evenly, too."""
    counts: Counter[Manner] = Counter()
    for job in jobs:
        yield counts[job.manner] % SHARES, job
        counts[job.manner] += 1


def _keyed(dealt: str) -> tuple[str, str]:
    share, job = json.loads(dealt)
    return key_of(share, Job(*job)), json.dumps(job)


def key_of(share: int, job: Job) -> str:
    """What the jobs of a group have in common: manner, shape and share."""
    try:
        with FileSystems.open(job.content) as file:
            shape = shape_of(job, file)
    except OSError:
        shape = None
    return json.dumps([job.manner, shape, share])


def _options(values: Values) -> PipelineOptions:
    """The options of --runner_options; those that nobody knows are refused."""
    try:
        words = shlex.split(values.runner_options or "")
    except ValueError as error:
        raise UserError(
            f"--runner_options: expected options as a shell has them, received "
            f"{values.runner_options!r} ({error})"
        ) from error
    return PipelineOptions(words)


def _runner(name: str) -> PipelineRunner:
    if name == "FnApiRunner":
        return FnApiRunner()
    try:
        return create_runner(name)
    except (ValueError, ImportError, AttributeError) as error:
        raise UserError(
            f"--runner: expected FnApiRunner or another runner of Apache Beam, received {name} "
            f"({reason(error)})"
        ) from error


def _results(out: str) -> list[Result]:
    """The results in the report that the pipeline wrote."""
    with FileSystems.open(FileSystems.join(out, REPORT)) as file:
        lines = file.read().decode().splitlines()
    return [Result(**json.loads(line)) for line in lines]
