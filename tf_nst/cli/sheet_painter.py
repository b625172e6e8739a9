"""One run of the sheet's command, from the photograph read to the sheet and its page."""

import sys
import time
from typing import NamedTuple

from tf_nst.cli.command import reason
from tf_nst.cli.parsing import Values
from tf_nst.cli.sheet_plan import Cell, SheetPlan, painting_command
from tf_nst.cli.sheet_progress import SheetProgress
from tf_nst.cli.stop import Stop
from tf_nst.cli.streams import STREAM, output_name, picture_path, write_picture
from tf_nst.cli.terminal import printable, say
from tf_nst.errors import NstError, RunError
from tf_nst.io.areas import Places
from tf_nst.io.durations import duration, roughly
from tf_nst.io.images import Image
from tf_nst.io.manifest import page_path
from tf_nst.io.replacing import Check
from tf_nst.io.resizing import fit_size
from tf_nst.io.writing import check_size
from tf_nst.painting.sheet import SheetPainter
from tf_nst.viz.sheet import Grid, SheetCell, choose_columns, draw_sheet, flattened, plan_grid
from tf_nst.viz.sheet_page import render_sheet

STOPPED = "not painted: stopped"


class _Done(NamedTuple):
    """A cell, what is shown of it, and its failure where there is one."""

    cell: Cell
    shown: SheetCell
    failure: Exception | None = None


class SheetRun(NamedTuple):
    """A run of the command.

    Attributes:
      values: of the flags.
      description: how many pictures, on how large a sheet, in about how long.
      check_names: raises UserError where files that are there by now are not to be written over.
    """

    values: Values
    plan: SheetPlan
    grid: Grid
    painter: SheetPainter
    progress: SheetProgress
    description: str
    check_names: Check


def make_run(
    values: Values, plan: SheetPlan, content: Image, places: Places, check_names: Check
) -> SheetRun:
    """What is known of a sheet before its first picture."""
    size = fit_size(*content.size, plan.largest)
    grid = plan_grid(plan.cell_count, choose_columns(plan.axes), size, plan.caption_lines)
    progress = SheetProgress(plan.cell_count, sys.stdout)
    painter = SheetPainter(content, places, progress.note)
    description = (
        f"{plan.cell_count} pictures of {size[1]}×{size[0]} on a sheet of "
        f"{grid.size[1]}×{grid.size[0]} pixels{_expected(painter, plan)}"
    )
    return SheetRun(values, plan, grid, painter, progress, description, check_names)


def _expected(painter: SheetPainter, plan: SheetPlan) -> str:
    """Such as `, about 4 min`; nothing where the first picture cannot be painted."""
    first = next(plan.cells())
    try:
        seconds = painter.prepare(first.style, first.config).plan.seconds
    except NstError:
        return ""
    return f", about {roughly(seconds * plan.cell_count)}"


def paint_sheet(run: SheetRun) -> int:
    """Paints all cells, shows progress, writes the sheet and its page.

    Returns:
      0, or 128 and the number of the signal that ended the run early: what was painted is written.

    Raises:
      UserError: a sheet that the format cannot hold.
      RunError: a picture failed (the sheet is written), or a file cannot be written. Where every
        picture failed the first one's failure is raised, and nothing is written.
    """
    began = time.perf_counter()
    check_size(picture_path(run.values.output), *run.grid.size)
    say(f"sheet    {run.description}")
    with Stop() as stop:
        done = [_paint_cell(run, cell, stop) for cell in run.plan.cells()]
        run.progress.close()
        return _end(run, done, stop, time.perf_counter() - began)


def _paint_cell(run: SheetRun, cell: Cell, stop: Stop) -> _Done:
    """A cell; one that fails does not end the others."""
    if stop.signum:
        return _Done(cell, SheetCell(cell.caption, reason=STOPPED))
    listen, stopped = run.progress.listen, lambda: bool(stop.signum)
    run.progress.begin(cell.number, "  ".join(cell.parts))
    try:
        picture = run.painter.paint(cell.style, cell.config, listen, stopped)
    except Exception as error:
        line = printable(reason(error))
        run.progress.fail(line)
        return _Done(cell, SheetCell(cell.caption, reason=line), error)
    if picture is None:
        return _Done(cell, SheetCell(cell.caption, reason=STOPPED))
    run.progress.end()
    return _Done(cell, SheetCell(cell.caption, flattened(picture)))


def _end(run: SheetRun, done: list[_Done], stop: Stop, seconds: float) -> int:
    failed = [it for it in done if it.failure]
    painted = sum(it.shown.pixels is not None for it in done)
    if not painted and not stop.signum:
        raise next(it.failure for it in done if it.failure)
    if not painted:
        print("tf_nst: stopped before there was a picture", file=sys.stderr, flush=True)
        return stop.exit_code
    _write(run, done)
    output = run.values.output
    beside = "" if output == STREAM else f"; {page_path(output).name}"
    about = f"{painted} of {len(done)} pictures, {duration(seconds)}{beside}"
    say(f"painted {output_name(output)} ({about})")
    if failed and not stop.signum:
        raise _failure(failed, len(done))
    return stop.exit_code if stop.signum else 0


def _failure(failed: list[_Done], count: int) -> RunError:
    cell, shown, _ = failed[0]
    return RunError(
        f"{len(failed)} of {count} pictures failed, the first of them {cell.number}, "
        f"{cell.name}: {shown.reason}"
    )


def _write(run: SheetRun, done: list[_Done]) -> None:
    """The sheet and its page, both or none; on stdout the sheet alone."""
    cells = [it.shown for it in done]
    commands = [painting_command(run.values, it.cell) for it in done]
    title = f"{printable(run.values.content)}: {len(done)} pictures"
    page = render_sheet(title, run.grid.columns, cells, commands).encode()
    sheet = draw_sheet(cells, run.grid)
    write_picture(
        run.values.output,
        lambda path: {path: sheet.encode(path)[0], page_path(path): page},
        run.check_names,
    )
