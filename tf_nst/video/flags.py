"""The flags of `tf-nst video`."""

from dataclasses import replace

from tf_nst.batch.flags import BATCH_FLAGS, OF_PICTURES, shared_flags, text_of
from tf_nst.cli.flags import DEBUG, OVERWRITE, PAINT_FLAGS
from tf_nst.cli.parsing import Values
from tf_nst.config.fade import StyleFade
from tf_nst.config.options import Option, options_of
from tf_nst.config.value_types import Boolean, FilePath
from tf_nst.video.settings import FilmConfig

_PAINT = {option.name: option for option in PAINT_FLAGS}
_PROCESSES = next(option for option in BATCH_FLAGS if option.name == "processes")
# Of pictures' files, or of a film otherwise: its length is that of its frames.
_OTHERWISE = ("keep", "seconds", "quality", "bits", "output_profile", "keep_metadata")
OF_FRAMES = tuple(name for name in OF_PICTURES if name not in _OTHERWISE)
OF_FILM = options_of(FilmConfig)

VIDEO_FLAGS = (
    Option(
        "content",
        None,
        FilePath("a film, an animation or a folder of frames"),
        "film to paint: what PyAV reads, an animated GIF, WebP, PNG or AVIF, or a folder of frames",
        required=True,
        positional=True,
    ),
    replace(_PAINT["style"], required=False),
    Option(
        "style_fade",
        None,
        StyleFade("PATH@SECONDS separated by commas, such as a.jpg@0s,b.jpg@10s"),
        "instead of --style: styles that the film has at these times, blended in between",
    ),
    Option(
        "output",
        "painted.mp4",
        FilePath(
            "a film .mp4 .m4v .mov .mkv .webm, an animation .gif .webp .png, or a folder", "a film"
        ),
        "film to write; while it is painted its frames are in OUTPUT.frames",
        required=True,
    ),
    *OF_FILM.values(),
    Option(
        "keep",
        None,
        FilePath("an image file, or a folder of one for each frame"),
        "mask, white where the film stays as it is; a folder has one for each frame, by name",
    ),
    Option(
        "preview",
        False,
        Boolean(),
        "paint every tenth frame small before all others, as a strip: OUTPUT.preview.png",
    ),
    replace(
        _PROCESSES,
        help="processes that paint shots at the same time; 0: as many as shots, cores and memory "
        "allow, one where there is a GPU",
    ),
    *(OF_PICTURES[name] for name in OF_FRAMES),
    OVERWRITE,
    DEBUG,
)


def film_config(values: Values) -> FilmConfig:
    """How the frames hang together. Raises UserError for a value out of its range."""
    return FilmConfig(**{name: values[name].value for name in OF_FILM})


def frame_flags(values: Values) -> dict[str, str]:
    """{flag: text} of those that each frame is painted with.

    Raises:
      UserError: flags that contradict each other.
    """
    return shared_flags(values, OF_FRAMES)


def film_flags(values: Values) -> dict[str, str]:
    """{flag: text} of all that decides the film's pixels besides its style."""
    names = (*OF_FILM, "keep")
    given = {name: values[name].value for name in names if values[name].value is not None}
    return {**frame_flags(values), **{name: text_of(value) for name, value in given.items()}}
