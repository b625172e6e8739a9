"""Windows that cover a picture, so that its loss is summed window by window. Integers only."""

from typing import NamedTuple

from tf_nst.model.geometry import Geometry

# Cores that are tried by themselves, in pixels a side, from the largest on: with VGG19's halo of 80
# a window of 2048 computes 1.16 times as much as it owns, of 1024 1.34, of 256 2.6.
CORES = (2048, 1024, 512, 256, 128)


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

    @property
    def empty(self) -> "Span":
        """The same span, which owns nothing."""
        return self._replace(own_stop=self.own_start)


class Window(NamedTuple):
    """What a window sees and owns, by rows and by columns."""

    rows: Span
    columns: Span

    @property
    def empty(self) -> "Window":
        """The same window, which owns nothing: it fills a gap and adds nothing."""
        return Window(self.rows.empty, self.columns)


def plan_tiles(height: int, width: int, core: int, geometry: Geometry) -> tuple[Window, ...]:
    """Windows of a picture, row by row, which own about `core` pixels a side.

    All see equally much, so that one program computes them. A core has the halo around it, or the
    picture's border: windows at the border, where no halo is needed, own so much more. Their starts
    are on the grid of the stride, and what they see ends where the picture does on that grid.

    Args:
      height, width: of the picture in pixels.
      core: the most that a window owns a side, on average; at least the stride.
      geometry: of all layers that are looked at.
    """
    rows, columns = (_spans(side, core, geometry) for side in (height, width))
    return tuple(Window(row, column) for row in rows for column in columns)


def next_core(core: int) -> int | None:
    """The largest of CORES below `core` pixels; None where there is none."""
    return next((smaller for smaller in CORES if smaller < core), None)


def _spans(side: int, core: int, geometry: Geometry) -> list[Span]:
    stride = geometry.stride
    positions, halo = side // stride, -(-geometry.halo // stride)
    count = max(1, -(-positions * stride // core))
    # n windows own n * length - 2 (n - 1) halo positions: the two at the border need one halo less.
    length = min(positions, -(-(positions + 2 * (count - 1) * halo) // count))
    spans, owned = [], 0
    for _ in range(count):
        start = max(0, min(owned - halo, positions - length))
        end = start + length - halo
        last = start + length >= positions
        stop = start * stride + length * stride + side % stride
        spans.append(Span(start * stride, stop, owned * stride, side if last else end * stride))
        if last:
            break
        owned = end
    return spans
