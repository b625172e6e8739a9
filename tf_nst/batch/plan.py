"""What a batch paints: pairs of pictures, as jobs by style and shape. Plain data, no pictures."""

import os
from collections.abc import Iterable, Sequence
from itertools import count
from pathlib import PurePath
from typing import NamedTuple

from tf_nst.batch.flags import painting_values, paths_of, shared_flags
from tf_nst.batch.pairs import Pair, read_pairs
from tf_nst.batch.report import JOURNAL, REPORT
from tf_nst.batch.sources import (
    ListPaths,
    check_out,
    check_stems,
    list_new,
    list_pictures,
    stem_of,
)
from tf_nst.cli.flags import config_from_flags
from tf_nst.cli.output_flags import check_encoding
from tf_nst.cli.parsing import Values
from tf_nst.cli.streams import STREAM
from tf_nst.config.paths import join_paths, weighted_paths
from tf_nst.errors import UserError
from tf_nst.io.writing import check_size
from tf_nst.model.networks import NETWORKS
from tf_nst.objective.layers import used_layers

Shape = tuple[int, int]
Manner = tuple[object, ...]


class Job(NamedTuple):
    """One picture to paint; JSON can hold it.

    Attributes:
      content: path of the photograph.
      style: as --style has it.
      output: path of the picture in the folder that is written to, with / between folders.
      flags: {flag: text} of the other flags.
    """

    content: str
    style: str
    output: str
    flags: dict[str, str]

    @property
    def manner(self) -> Manner:
        """What jobs have in common that compare with the same targets."""
        return self.style, *self.flags.items()


def plan_jobs(values: Values, list_paths: ListPaths = list_pictures) -> list[Job]:
    """The jobs of parsed flags, each checked.

    Args:
      list_paths: the pictures that a flag's text stands for; raises as `list_pictures`.

    Raises:
      UserError: pictures that are not there, two that would be painted to one name, flags that
        contradict each other, a line of a CSV that is no good, or a bad folder to write to.
    """
    flags = shared_flags(values)
    if is_csv(values.photos):
        if values.styles:
            raise UserError(
                f"--styles: expected none with the CSV {values.photos}, which names the styles, "
                f"received {values.styles}"
            )
        check_out(values.out, [])
        jobs = _jobs_of_pairs(read_pairs(values.photos), flags, values.photos)
    else:
        jobs = _product(values, flags, list_paths)
        given = [("--photos", values.photos), ("--styles", values.styles)]
        check_out(values.out, given)
    _check_sources(jobs, values.out, filter(None, [values.photos, values.styles]))
    _check_folders(jobs)
    return jobs


def is_csv(path: str) -> bool:
    """Whether a path is that of a CSV of pairs, by its ending."""
    return path.lower().endswith(".csv")


def _product(values: Values, flags: dict[str, str], list_paths: ListPaths) -> list[Job]:
    """Every photograph by every style."""
    if not values.styles:
        raise UserError("--styles: expected a folder, a pattern or a picture, received nothing")
    photos = list_new(values.photos, "--photos", values.out, list_paths)
    styles = list_new(values.styles, "--styles", values.out, list_paths)
    check_stems(photos, "--photos", "{}.png")
    check_stems(styles, "--styles", "the folder {}")
    _check_flags(photos[0], join_paths(styles[:1]), "picture.png", flags)
    return [
        Job(photo, join_paths([style]), f"{stem_of(style)}/{stem_of(photo)}.png", flags)
        for style in styles
        for photo in photos
    ]


def _jobs_of_pairs(pairs: Sequence[Pair], flags: dict[str, str], csv: str) -> list[Job]:
    """The jobs of a CSV's lines."""
    jobs, checked = [], set()
    lines: dict[str, int] = {}
    for pair in pairs:
        job = _job_of(pair, flags)
        where = f"{csv}, line {pair.line}"
        name, suffix = os.path.splitext(job.output)
        if name in lines:
            raise UserError(
                f"{where}: expected another name than that of line {lines[name]}, received "
                f"{job.output}; the column output can set it"
            )
        lines[name] = pair.line
        kind = tuple(job.flags.items()), suffix
        if kind not in checked:
            try:
                _check_flags(*job[:3], job.flags)
            except UserError as error:
                raise UserError(f"{where}: {error}") from error
        checked.add(kind)
        jobs.append(job)
    return jobs


def _job_of(pair: Pair, flags: dict[str, str]) -> Job:
    # A length of the line's own overrides the command's.
    length = {"steps", "seconds"} if {"steps", "seconds"} & pair.flags.keys() else set()
    shared = {name: text for name, text in flags.items() if name not in length}
    folder = "+".join(stem_of(path) for path, _ in weighted_paths(pair.style, "style"))
    names = [folder, f"{stem_of(pair.content)}.png"]
    output = pair.output or "/".join(filter(None, names))  # the folder / has no name
    return Job(pair.content, pair.style, output, _in_order(shared, pair.flags))


def _in_order(shared: dict[str, str], own: dict[str, str]) -> dict[str, str]:
    """The command's flags and a line's own; a preset of the line before its other flags, which
    override it whatever the order of the columns."""
    rest = {name: text for name, text in shared.items() if name not in own}
    preset = {name: text for name, text in own.items() if name == "preset"}
    return {**rest, **preset, **own}


def _check_flags(content: str, style: str, output: str, flags: dict[str, str]) -> None:
    values = painting_values(content, style, output, flags)
    config = config_from_flags(values)
    used_layers(config.objective, NETWORKS[config.network_config.network])
    check_size(output, 1, 1)  # its ending
    check_encoding(values)


def _check_sources(jobs: Iterable[Job], out: str, given: Iterable[str]) -> None:
    """Raises UserError where a file that is read would be written over, or is a pipe.

    Args:
      given: paths, of which folders are read.
    """
    jobs = list(jobs)
    flags = _sources(jobs)
    for path, flag in flags.items():
        ordinary = os.path.isfile(path) or os.path.isdir(path)
        if path == STREAM or (os.path.exists(path) and not ordinary):
            raise UserError(
                f"--{flag}: expected files, which can be read again, received {path}, a pipe or "
                "a device"
            )
    sources = set(map(os.path.realpath, flags))
    read_from = [path for path in (*flags, *given) if os.path.isdir(path)]
    folders = {os.path.realpath(path): path for path in read_from}
    for job in jobs:
        path = os.path.join(out, job.output)
        if read := folders.get(os.path.realpath(os.path.dirname(path))):
            raise UserError(
                f"--out: {path} would be one of the pictures of the folder {read}, which is read; "
                "expected another folder"
            )
        if os.path.realpath(path) in sources:
            raise UserError(
                f"--out: {path} is a picture that is read and would be overwritten; expected "
                "another folder"
            )


def _sources(jobs: Sequence[Job]) -> dict[str, str]:
    """{path: its flag} of all that is read, and of words in the place of paths."""
    flags = {job.content: "photos" for job in jobs}
    for style in dict.fromkeys(job.style for job in jobs):
        flags |= {path: "styles" for path, _ in weighted_paths(style, "--styles")}
    for name, text in dict.fromkeys(flag for job in jobs for flag in job.flags.items()):
        flags |= dict.fromkeys(paths_of(name, text), name)
    return flags


def _check_folders(jobs: Iterable[Job]) -> None:
    """Raises UserError where a file that is written would be the folder of a picture."""
    files = {REPORT, JOURNAL, *(job.output for job in jobs)}
    for output in files:
        for folder in map(str, PurePath(output).parents):
            if folder in files:
                raise UserError(
                    f"--out: expected another name than {folder} for the folder of {output}, "
                    "a file of the batch has it"
                )


class Schedule:
    """Hands out jobs, those of one manner and shape one after the other.

    Who asks gets a job of the group that it is at; at its end the largest group that nobody is at;
    where there is none, the one with the most jobs for each who is at it.
    """

    def __init__(self, jobs: Iterable[Job], shapes: dict[str, Shape | None]):
        """`shapes` has that of each output."""
        self._groups: dict[tuple[Manner, Shape | None], list[Job]] = {}
        for job in jobs:
            self._groups.setdefault((job.manner, shapes[job.output]), []).append(job)
        for group in self._groups.values():
            group.reverse()
        self._at: dict[int, tuple[Manner, Shape | None]] = {}
        self._numbers = count()

    def enter(self) -> int:
        """A number for who asks."""
        return next(self._numbers)

    def next(self, number: int) -> Job | None:
        """The next job; None: there is none."""
        key = self._at.pop(number, None)
        if key not in self._groups:
            others = list(self._at.values())
            key = max(
                self._groups,
                key=lambda key: len(self._groups[key]) / (1e-9 + others.count(key)),
                default=None,
            )
        if key is None:
            return None
        self._at[number] = key
        job = self._groups[key].pop()
        if not self._groups[key]:
            del self._groups[key]
        return job
