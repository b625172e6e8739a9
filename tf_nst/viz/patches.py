"""What drives a unit most: the best patches of many pictures, and their projection to pixels."""

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tf_nst.config import StylizeConfig
from tf_nst.errors import UserError
from tf_nst.io.durations import counted
from tf_nst.io.given import Source
from tf_nst.model.geometry import Box, Geometry, geometry, receptive_box
from tf_nst.model.networks import paper_name
from tf_nst.model.weights import Weights
from tf_nst.viz.figures import draw_rows
from tf_nst.viz.folder import Album, sources_of
from tf_nst.viz.options import REPORT, looking_config, parse_numbers
from tf_nst.viz.panels import Floats, Panel, Row, around_grey, cut, plain
from tf_nst.viz.sight import Sight, look

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BEST = 9
# Past a picture's border a patch is grey, about the mean that the network takes for 0.
BORDER = 0.45


class Peak(NamedTuple):
    """A place that drives a unit: the feature's value, which picture, row and column there."""

    value: float
    picture: int
    row: int
    column: int


class Patch(NamedTuple):
    """What drives a unit.

    Attributes:
      value: of the feature, in the network's units.
      name: of the picture.
      box: the feature's receptive field in pixels; it may reach past the borders.
      picture: [field, field, 3] float32 in 0..1, grey past the borders.
      projection: [field, field, 3] float32, the feature's guided gradient, signed.
    """

    value: float
    name: str
    box: Box
    picture: NDArray[np.float32]
    projection: NDArray[np.float32]


class UnitPatches(NamedTuple):
    """A channel and its best patches, the best first; fewer than BEST where fewer drive it."""

    unit: int
    patches: tuple[Patch, ...]


class Patches(NamedTuple):
    """The best patches of units of a layer.

    Attributes:
      layer: Keras' name.
      geometry: of the layer.
      units: in the order requested.
      picture_count: pictures that were read.
      skipped: what is wrong with each of the others, in one line.
      weights: where the network's numbers are from.
    """

    layer: str
    geometry: Geometry
    units: tuple[UnitPatches, ...]
    picture_count: int
    skipped: tuple[str, ...]
    weights: Weights

    def rows(self) -> tuple[Row, ...]:
        """A row for each unit: its patches, each with its projection below it."""
        return tuple(_row(self.layer, best) for best in self.units)

    def figure(self) -> "Figure":
        """A matplotlib Figure of the rows."""
        field = self.geometry.receptive_field
        pictures = counted(self.picture_count, "picture")
        heading = (
            f"{paper_name(self.layer)}: what drives its units most in {pictures}; patches of "
            f"{field}×{field} pixels, below them their guided gradient"
        )
        return draw_rows(heading, self.rows(), cell=1.0)

    def numbers(self) -> dict[str, Any]:
        """What the record holds."""
        units = {str(best.unit): [_numbers(patch) for patch in best.patches] for best in self.units}
        return {
            "layer": self.layer,
            "receptive_field": self.geometry.receptive_field,
            "projection": "guided gradient",
            "pictures": self.picture_count,
            "skipped": list(self.skipped),
            "units": units,
        }


def top_patches(
    images: str | os.PathLike[str] | Sequence[Source],
    layer: str,
    units: str | Sequence[int],
    *,
    report: Callable[[str], None] = REPORT,
    progress: Callable[[int, int], None] = lambda done, total: None,
    **options: Any,
) -> Patches:
    """The nine patches that drive each unit most, in the memory of one picture at a time.

    Zeiler and Fergus 2014, figure 2, show the nine best of a data set. Within a picture these
    lie half a receptive field apart, or all nine would show one spot.

    Args:
      images: a folder, or pictures as `tf_nst.stylize` takes them.
      layer: Keras' or a paper's name.
      units: channels of the layer, from 0, in a list or separated by commas.
      report: called with plain lines, one for each file that is skipped.
      progress: called with how many pictures are done, and how many there are.
      **options: of LOOKING (tf_nst/viz/options.py), as `tf_nst.stylize` takes them.

    Raises:
      UserError: an argument that cannot be used, or no picture that can be read.
    """
    config, (name,) = one_layer(options, layer)
    numbers = parse_units(units)
    sources = sources_of(images)
    sight = look(config, (name,), report)
    check_units(numbers, name, sight.weights.network.up_to((name,))[-1].channels)
    album = Album(sources, config, report, progress)
    peaks = _best_peaks(sight, name, numbers, album)
    _check_any_read(album)
    best = tuple(
        UnitPatches(unit, tuple(cut_patch(sight, name, unit, peak, album) for peak in unit_peaks))
        for unit, unit_peaks in zip(numbers, peaks, strict=True)
    )
    count, skipped = len(sources) - len(album.skipped), tuple(album.skipped)
    shape = geometry(sight.weights.network, (name,))
    return Patches(name, shape, best, count, skipped, sight.weights)


def one_layer(options: dict[str, Any], layer: str) -> tuple[StylizeConfig, tuple[str, ...]]:
    """The config, and the layer by Keras' name. Raises UserError where it is not one layer."""
    config, names = looking_config(options, layer, "--layer")
    if len(names) > 1:
        raise UserError(f"--layer: expected one layer, received {layer!r}")
    return config, names


def parse_units(units: str | Sequence[int]) -> tuple[int, ...]:
    """Channels by their numbers from 0, in a list or separated by commas, or UserError."""
    return parse_numbers(units, int, 0, "--units", "channels from 0")


def check_units(units: tuple[int, ...], layer: str, channels: int) -> None:
    """Raises UserError for units that the layer has not."""
    for unit in units:
        if unit >= channels:
            raise UserError(
                f"--units: expected channels of {paper_name(layer)} from 0 to {channels - 1}, "
                f"received {unit}"
            )


def find_peaks(values: NDArray[np.float32], count: int, apart: int) -> list[tuple[float, int, int]]:
    """The largest values of a map [h, w], their rows and columns, the largest first.

    Args:
      values: features, 0 or more; 0 is no peak.
      count: at most so many are returned.
      apart: peaks differ by at least so many positions in row or column.
    """
    remaining = values.copy()
    peaks: list[tuple[float, int, int]] = []
    while len(peaks) < count:
        row, column = map(int, np.unravel_index(remaining.argmax(), remaining.shape))
        if remaining[row, column] <= 0:
            break
        peaks.append((float(remaining[row, column]), row, column))
        top, left = max(0, row - apart + 1), max(0, column - apart + 1)
        remaining[top : row + apart, left : column + apart] = 0
    return peaks


def distance_apart(shape: Geometry) -> int:
    """Half a receptive field in positions of the layer, 1 or more."""
    return max(1, -(-shape.receptive_field // (2 * shape.stride)))


def cut_patch(sight: Sight, layer: str, unit: int, peak: Peak, album: Album) -> Patch:
    """The patch of a peak at its exact receptive field, and its projection."""
    image = album.read(peak.picture)
    picture = image.to_float()
    box = receptive_box(sight.weights.network, layer, peak.row, peak.column)
    projected = sight.projection(picture[None], layer, peak.row, peak.column, unit)
    parts = cut(picture, box, BORDER), cut(projected, box, 0.0)
    return Patch(peak.value, os.path.basename(image.name), box, *parts)


def _check_any_read(album: Album) -> None:
    if len(album.skipped) == len(album.sources):
        raise UserError(
            f"--images: expected images that can be read, received {len(album.sources)} files of "
            f"which none can; the first: {album.skipped[0]}"
        )


def _best_peaks(sight: Sight, layer: str, units: tuple[int, ...], album: Album) -> list[list[Peak]]:
    """Of each unit the BEST peaks in all pictures; those of equal value in the album's order."""
    best: list[list[Peak]] = [[] for _ in units]
    apart = distance_apart(geometry(sight.weights.network, (layer,)))
    for index, image in album:
        features = sight.features(image.to_float()[None])[layer]
        for place, unit in enumerate(units):
            places = find_peaks(features[..., unit], BEST, apart)
            peaks = [Peak(value, index, row, column) for value, row, column in places]
            best[place] = sorted(best[place] + peaks, key=lambda peak: -peak.value)[:BEST]
    return best


def _row(layer: str, best: UnitPatches) -> Row:
    title = f"{paper_name(layer)}, channel {best.unit}"
    if not best.patches:
        return Row(f"{title}: no picture drives it", ())
    panels = (Panel(_stacked(patch), plain(patch.value)) for patch in best.patches)
    return Row(title, tuple(panels))


def _stacked(patch: Patch) -> Floats:
    """The patch, and its projection below it."""
    return np.concatenate([patch.picture, around_grey(patch.projection)])


def _numbers(patch: Patch) -> dict[str, Any]:
    return {"value": patch.value, "picture": patch.name, "box": list(patch.box)}
