"""Processes of this machine that paint a batch; one that dies is replaced."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, NamedTuple, Protocol, cast

from tf_nst.batch.report import FAILED, Journal, Result
from tf_nst.errors import RunError

MOST_ATTEMPTS = 2
# The module whose `make_painter` a process calls; see tf_nst/batch/worker.py.
PAINTER = "tf_nst.batch.painter"


class Work(Protocol):
    """A job, of plain data that JSON can hold."""

    @property
    def output(self) -> str:
        """The name of what it paints."""


class Schedule(Protocol):
    """Hands out jobs."""

    def enter(self) -> int:
        """A number for who asks."""

    def next(self, number: int) -> Work | None:
        """The next job; None: there is none."""


class Died(Exception):
    """A process ended that was to go on; its text says how."""


class Worker:
    """A process that paints; see tf_nst/batch/worker.py.

    Raises:
      Died: it cannot start.
    """

    def __init__(self, start: dict[str, Any], kept_open: int):
        """`start` is its first line in, `kept_open` a descriptor that stays open in it."""
        self._errors = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "tf_nst.batch.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=_environment(),
            pass_fds=(kept_open,) if os.name == "posix" else (),
        )
        self._questions = cast(IO[bytes], self._process.stdin)
        self._answers = cast(IO[bytes], self._process.stdout)
        self.needs: dict[str, Any] = self._ask(start)

    def paint(self, job: Work) -> Result:
        """What became of a job. Raises Died where the process does."""
        return Result(*self._ask(job))

    def close(self) -> None:
        """Ends the process."""
        with contextlib.suppress(OSError, Died):
            self._send(None)
        with contextlib.suppress(OSError):
            self._questions.close()
        self._process.wait()
        self._answers.close()
        self._errors.close()

    def _ask(self, question: object) -> Any:
        self._send(question)
        line = self._answers.readline()
        if not line.endswith(b"\n"):
            raise self._death()
        return json.loads(line)

    def _send(self, message: object) -> None:
        try:
            self._questions.write(json.dumps(message).encode() + b"\n")
            self._questions.flush()
        except OSError as error:
            raise self._death() from error

    def _death(self) -> Died:
        code = self._process.wait()
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").split("\n")
        last = next((line.strip() for line in reversed(lines) if line.strip()), "")
        how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return Died(f"the process died ({how})" + (f": {last}" if last else ""))


def _environment() -> dict[str, str]:
    """This process's, with the package where it is here."""
    paths = [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]
    quiet = {"TF_CPP_MIN_LOG_LEVEL": os.environ.get("TF_CPP_MIN_LOG_LEVEL", "3")}
    return {**os.environ, **quiet, "PYTHONPATH": os.pathsep.join(filter(None, paths))}


class Course(NamedTuple):
    """How many processes paint, and with how many threads each.

    Attributes:
      processes: at the same time.
      threads: of each; 0: as many as TensorFlow likes.
    """

    processes: int
    threads: int


def choose_course(requested: int, jobs: int, cores: int, needs: dict[str, Any]) -> Course:
    """A process for each core, as far as the memory goes; one where there is a GPU.

    Args:
      requested: processes, 0: it is chosen here.
      jobs: that there are.
      needs: see tf_nst/batch/needs.py.
    """
    if requested:
        processes = requested
    elif needs["gpus"]:
        return Course(1, 0)
    else:
        fitting = (needs["available"] or sys.maxsize) // max(needs["peak"], 1)
        processes = max(1, min(cores, fitting))
    processes = min(processes, jobs)
    return Course(processes, max(1, cores // processes))


class Pool:
    """Paints the jobs of a schedule in processes; each has a thread here that waits for it."""

    def __init__(
        self,
        schedule: Schedule,
        out: str,
        journal: Journal,
        listen: Callable[[Result], None],
        stopped: Callable[[], bool],
        painter: str = PAINTER,
    ):
        """`listen` is called with each result, and what it raises is the pool's failure; `stopped`
        says whether none more is begun."""
        self.schedule, self.out, self.journal, self.painter = schedule, out, journal, painter
        self.listen, self.stopped = listen, stopped
        self.failure: Exception | None = None
        self._start: dict[str, Any] = {}
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []

    def start(self, largest: dict[str, Any], requested: int, jobs: int) -> Course:
        """Starts as many processes as are requested, or as fit.

        Args:
          largest: flags and shape of the largest picture, see `needs_of`.

        Raises:
          RunError: a process does not start.
        """
        cores = cores_here()
        threads = max(1, cores // min(requested or cores, jobs))
        self._start = {
            "painter": self.painter,
            "out": self.out,
            "largest": largest,
            "threads": threads,
        }
        ready = [self._new_worker()]
        course = choose_course(requested, jobs, cores, ready[0].needs)
        if course.threads != threads:  # TensorFlow cannot change it any more
            ready.pop().close()
            self._start["threads"] = course.threads
        for _ in range(course.processes):
            worker = ready.pop() if ready else None
            self._threads.append(threading.Thread(target=self._serve, args=(worker,)))
        for thread in self._threads:
            thread.start()
        return course

    def wait(self, seconds: float) -> bool:
        """Waits so long at most; whether all is done."""
        for thread in self._threads:
            thread.join(seconds / len(self._threads))
        return not any(thread.is_alive() for thread in self._threads)

    def _new_worker(self) -> Worker:
        try:
            return Worker(self._start, self.journal.descriptor)
        except (Died, OSError) as error:
            raise RunError(f"a process of the batch cannot start: {error}") from error

    def _serve(self, worker: Worker | None) -> None:
        """Paints with one process after the other until there is no job."""
        number = self.schedule.enter()
        try:
            while (job := self._next(number)) is not None:
                worker = self._paint(job, worker)
        except Exception as error:
            self.failure = error
        finally:
            if worker:
                worker.close()

    def _next(self, number: int) -> Work | None:
        with self._lock:
            ends = self.failure or self.stopped()
            return None if ends else self.schedule.next(number)

    def _paint(self, job: Work, worker: Worker | None) -> Worker | None:
        """Paints a job; returns the process for the next one, None where it died."""
        for attempt in range(1, MOST_ATTEMPTS + 1):
            if worker is None:
                worker = self._new_worker()
            self.journal.write(job.output, "begun", attempt=attempt)
            try:
                result = worker.paint(job)._replace(attempts=attempt)
                break
            except Died as error:
                worker.close()
                worker, reason = None, str(error)
                self.journal.write(job.output, "died", reason=reason)
                result = Result(job.output, FAILED, reason, attempts=attempt)
        with self._lock:
            reasons = {"reason": result.reason} if result.reason else {}
            self.journal.write(job.output, result.status, **reasons)
            self.listen(result)
        return worker


def cores_here() -> int:
    """Cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # Windows and macOS
        return os.cpu_count() or 1
