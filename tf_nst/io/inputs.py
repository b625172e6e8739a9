"""The pictures of a run: read, checked against the layers, sized. No TensorFlow here."""

import os
from typing import NamedTuple

from tf_nst.config import STARTS, StylizeConfig
from tf_nst.config.objective import LAPLACIAN_STRIDE
from tf_nst.config.sizes import Size, long_side, size_for_each
from tf_nst.config.starts import is_start
from tf_nst.errors import UserError
from tf_nst.io.areas import Areas, Places, read_areas
from tf_nst.io.given import Source, as_image
from tf_nst.io.hidden import fill_hidden
from tf_nst.io.images import Image, read_image
from tf_nst.io.resizing import fit_size, resize_image, same_aspect
from tf_nst.io.styles import Style, Styles, StyleSources, list_styles
from tf_nst.model.geometry import geometry
from tf_nst.model.networks import NETWORKS
from tf_nst.objective.layers import used_layers

NOWHERE = Places()


class Inputs(NamedTuple):
    """What is painted from, at the sizes at which it is used.

    Each picture's sha256 is that of its file's bytes. For one that is not from a file it is that of
    the pixels' bytes [H, W, 3], uint8 or uint16, [H, W, 4] with alpha, before they are resized.

    Attributes:
      content: at the picture's size; its depth, alpha and profile are the picture's.
      styles: at the sizes at which they are measured.
      start: at the picture's size, where --init is a file; else None.
      sources: (height, width) of the content and each picture of the styles as they were given.
      areas: which style is painted where.
    """

    content: Image
    styles: tuple[Style, ...]
    start: Image | None
    sources: tuple[tuple[int, int], ...]
    areas: Areas

    @property
    def style(self) -> Image:
        """The first picture of the first style."""
        return self.styles[0].pictures[0]

    @property
    def style_pictures(self) -> list[Image]:
        """The pictures of all styles."""
        return [picture for style in self.styles for picture in style.pictures]

    @property
    def pictures(self) -> dict[str, list[Image]]:
        """The pictures that go in, by the flag that names them."""
        pictures = {"content": [self.content], "style": self.style_pictures}
        start = {} if self.start is None else {"init": [self.start]}
        return {**pictures, **start, **self.areas.images}

    @property
    def notes(self) -> list[str]:
        """A line for whatever the user is to know of the pictures."""
        start = [] if self.start is None else [self.start]
        pictures = [self.content, *self.style_pictures, *start]
        return [*(note for picture in pictures for note in picture.notes), *self.areas.notes]


def read_inputs(
    config: StylizeConfig,
    content: Source,
    style: Styles,
    places: Places = NOWHERE,
    *,
    keep_metadata: bool = False,
) -> Inputs:
    """Reads the pictures that are given by path, and resizes each before the next is read.

    Args:
      config: sizes, layers and --init.
      content: a path, an Image, Pillow's image, or an array or tensor, see `as_image`.
      style: the same, or several, see `list_styles`.
      places: masks.
      keep_metadata: whether the content has its EXIF, too.

    Raises:
      UserError: no usable image; one too small for the layers; an unknown layer; a start of
        another aspect ratio; masks that cannot be used.
    """
    least = least_size(config)
    content = as_image(content, "--content", with_exif=keep_metadata)
    content_size = content.size
    content = _fitted(content, config.size, "--content", "--size", least)
    styles, style_sizes = _read_styles(list_styles(style), config, least)
    start = _fitted_start(_read_start(config.init), content)
    areas = read_areas(config, places, content, styles)
    return Inputs(content, styles, start, (content_size, *style_sizes), areas)


def read_one(config: StylizeConfig, source: Source, flag: str) -> Image:
    """One picture alone, at the config's size; errors name `flag`. Raises as `read_inputs`."""
    return _fitted(as_image(source, flag), config.size, flag, "--size", least_size(config))


def read_styles_only(config: StylizeConfig, style: Styles) -> tuple[Style, ...]:
    """Styles alone, at the sizes at which they are measured. Raises as `read_inputs`."""
    return _read_styles(list_styles(style), config, least_size(config))[0]


def least_size(config: StylizeConfig) -> int:
    """The least side in pixels at which the deepest layer has a feature.

    Raises:
      UserError: an unknown layer.
    """
    network = NETWORKS[config.network_config.network]
    deepest = geometry(network, used_layers(config.objective, network)).least_size
    return max(deepest, LAPLACIAN_STRIDE) if config.objective.laplacian_weight else deepest


def _read_styles(
    listed: tuple[StyleSources, ...], config: StylizeConfig, least: int
) -> tuple[tuple[Style, ...], list[tuple[int, int]]]:
    """The styles at the sizes at which they are measured, and (height, width) of each source."""
    styles, source_sizes = [], []
    sizes = size_for_each(config.style_size, len(listed))
    for size, (sources, weight) in zip(sizes, listed, strict=True):
        read = [_read_style(source, size, config, least) for source in sources]
        styles.append(Style(tuple(picture for picture, _ in read), weight))
        source_sizes += [source_size for _, source_size in read]
    return tuple(styles), source_sizes


def _read_style(
    source: Source, size: Size, config: StylizeConfig, least: int
) -> tuple[Image, tuple[int, int]]:
    """A picture of a style at its size, and its (height, width) before."""
    picture = as_image(source, "--style")
    pixels = long_side(size, config.size, max(picture.size))
    return _fitted(picture, pixels, "--style", "--style_size", least), picture.size


def _read_start(init: str) -> Image | None:
    if is_start(init):
        return None
    if not os.path.exists(init):
        raise UserError(
            f"--init: expected {', '.join(STARTS)}, blend:SHARE or an image file, received {init}, "
            "which does not exist"
        )
    return read_image(init, "--init")


def _fitted(image: Image, long_side: int, flag: str, size_flag: str, least: int) -> Image:
    _check_size(image.height, image.width, least, f"{flag}: {image.name}")
    height, width = fit_size(image.height, image.width, long_side)
    _check_size(height, width, least, f"{flag}: {image.name} at {size_flag}={long_side}")
    return _resized(image, height, width, flag)


def _resized(image: Image, height: int, width: int, flag: str) -> Image:
    """At another size, hidden colours taken from visible ones."""
    if image.alpha is not None and not image.alpha.any():
        raise UserError(f"{flag}: {image.name} is fully transparent; expected visible pixels")
    return fill_hidden(resize_image(image, height, width))


def _check_size(height: int, width: int, least: int, what: str) -> None:
    if min(height, width) < least:
        raise UserError(
            f"{what} is too small: expected at least {least}×{least} pixels for these layers, "
            f"received {width}×{height}"
        )


def _fitted_start(start: Image | None, content: Image) -> Image | None:
    """The start at the content's size; their aspect ratios agree to within a pixel or 1 %."""
    if start is None:
        return None
    if not same_aspect(start.size, content.size):
        raise UserError(
            f"--init: {start.name} has another aspect ratio than the content, expected that of "
            f"{content.width}×{content.height}, received {start.width}×{start.height}"
        )
    return _resized(start, content.height, content.width, "--init")
