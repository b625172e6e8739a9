"""Windows that cover a picture, so that its loss is summed window by window. Integers only."""

from typing import NamedTuple

from tf_nst.model.geometry import Geometry


class Span(NamedTuple):
    """Along one side of the picture, in pixels.

    Attributes:
      start, stop: what the window sees.
      own_start, own_stop: its core, which no other window owns; on the grid of the stride, but for
        the picture's own end.
    """

    start: int
    stop: int
    own_start: int
    own_stop: int

    @property
    def length(self) -> int:
        """What the window sees, in pixels."""
        return self.stop - self.start


class Window(NamedTuple):
    """What a window sees and owns, by rows and by columns."""

    rows: Span
    columns: Span


class Own(NamedTuple):
    """Where a window's core lies in what it sees, and where it ends in the picture, in pixels.

    Windows of equal `Own` and equal size are computed by one program. Where cores are as large as
    the halo or larger there are four kinds a side at most: the first window, those in the middle,
    one whose halo the border cuts, the last.

    Attributes:
      top, left: of the core within the window.
      height, width: of the core.
    """

    top: int
    left: int
    height: int
    width: int


def plan_tiles(height: int, width: int, core: int, geometry: Geometry) -> tuple[Window, ...]:
    """Windows of a picture, row by row, with cores of about `core` pixels a side.

    Each core is as large as the others, but for the last of a row or column, and the window has
    the halo around it, cut at the picture's border.

    Args:
      height, width: of the picture in pixels.
      core: the most a core measures a side, a multiple of the stride (see `least_core`).
      geometry: of all layers that are looked at.
    """
    rows, columns = (_spans(side, core, geometry) for side in (height, width))
    return tuple(Window(row, column) for row in rows for column in columns)


def least_core(geometry: Geometry) -> int:
    """The side of the smallest core: one feature of the deepest layer."""
    return geometry.stride


def own(window: Window) -> Own:
    """Where the window's core lies in it."""
    (top, height), (left, width) = (
        (span.own_start - span.start, span.own_stop - span.own_start) for span in window
    )
    return Own(top, left, height, width)


def _spans(side: int, core: int, geometry: Geometry) -> list[Span]:
    stride, halo = geometry.stride, geometry.halo
    positions = max(1, side // stride)
    count = -(-positions * stride // core)
    each = -(-positions // count) * stride
    starts = range(0, positions * stride, each)
    found = []
    for start in starts:
        end = start + each if start + each < positions * stride else side
        found.append(Span(max(0, start - halo), min(side, end + halo), start, end))
    return found
