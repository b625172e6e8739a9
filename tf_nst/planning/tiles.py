"""Windows that cover a picture, so that its loss is summed window by window. Integers only."""

from typing import NamedTuple

from tf_nst.errors import UserError
from tf_nst.model.geometry import Geometry, geometry
from tf_nst.model.networks import Network
from tf_nst.objective.image_layers import IMAGE_LAYERS
from tf_nst.objective.terms import Terms, network_layers

# Cores that are tried by default, in pixels a side, from the largest on: with VGG19's halo of 80
# a window of 2048 computes 1.16 times as much as it owns, of 1024 1.34, of 256 2.6.
CORES = (2048, 1024, 512, 256, 128)


class Span(NamedTuple):
    """Along one side of the picture, in pixels.

    Attributes:
      start, stop: the pixels that the window reads.
      core_start, core_stop: its core, which belongs to no other window; on the grid of the stride,
        but for the picture's end.
    """

    start: int
    stop: int
    core_start: int
    core_stop: int

    @property
    def length(self) -> int:
        """Pixels that the window reads."""
        return self.stop - self.start

    @property
    def empty(self) -> "Span":
        """The same span without a core."""
        return self._replace(core_stop=self.core_start)


class Window(NamedTuple):
    """What a window reads, and its core, by rows and by columns."""

    rows: Span
    columns: Span

    @property
    def empty(self) -> "Window":
        """The same window without a core: it fills a gap and adds nothing."""
        return Window(self.rows.empty, self.columns)


def plan_tiles(height: int, width: int, core: int, geometry: Geometry) -> tuple[Window, ...]:
    """Windows of a picture, row by row, with cores of about `core` pixels a side.

    All read equally much, so that one program computes them. A core has the halo around it, or the
    picture's border: at the border, where no halo is needed, cores are that much larger. Windows
    start on the grid of the stride, and end where the picture does on that grid.

    Args:
      height, width: of the picture in pixels.
      core: the longest side of a core, on average; at least the stride.
      geometry: of all layers that are looked at.
    """
    rows, columns = (_spans(side, core, geometry) for side in (height, width))
    return tuple(Window(row, column) for row in rows for column in columns)


def plan_windows(
    network: Network, terms: Terms, core: int, height: int, width: int
) -> tuple[Window, ...]:
    """The windows of a picture of height x width pixels in which these terms are exact."""
    deepest = geometry(network, network_layers(terms))
    layers = [IMAGE_LAYERS[term.layer] for term in terms if term.layer in IMAGE_LAYERS]
    reaches = (term.kind.reach for term in terms)
    halo = max([deepest.halo, *reaches, *(layer.halo for layer in layers)])
    stride = max([deepest.stride, *(layer.stride for layer in layers)])
    return plan_tiles(height, width, core, deepest._replace(stride=stride, halo=halo))


def are_additive(terms: Terms) -> bool:
    """Whether all terms can be summed over windows."""
    return all(term.kind.additive for term in terms)


def check_additive(terms: Terms) -> None:
    """Refuses terms that cannot be summed over windows.

    Raises:
      UserError: a term whose statistic is not additive.
    """
    for term in terms:
        if not term.kind.additive:
            raise UserError(
                f"--tile: {term.name} does not add up over positions, expected --tile=off or other "
                "terms"
            )


def next_core(core: int) -> int | None:
    """The largest of CORES below `core` pixels; None where there is none."""
    return next((smaller for smaller in CORES if smaller < core), None)


def _spans(side: int, core: int, geometry: Geometry) -> list[Span]:
    stride = geometry.stride
    positions, halo = side // stride, -(-geometry.halo // stride)
    count = max(1, -(-positions * stride // core))
    # n cores have n * length - 2 (n - 1) halo positions: the two at the border need one halo less.
    length = min(positions, -(-(positions + 2 * (count - 1) * halo) // count))
    spans, core_start = [], 0
    for _ in range(count):
        start = max(0, min(core_start - halo, positions - length))
        end = start + length - halo
        last = start + length >= positions
        stop = start * stride + length * stride + side % stride
        core_stop = side if last else end * stride
        spans.append(Span(start * stride, stop, core_start * stride, core_stop))
        if last:
            break
        core_start = end
    return spans
