"""Flicker, drift and seconds a frame of a painted film, by each way of painting it."""

import math
import time

from benchmarks.scenes import CLIPS
from benchmarks.video_measures import drift, flicker

FRAME_BY_FRAME = "frame by frame"
# Of that so many frames are enough: none knows of another.
FEW = 12
# Options of FilmConfig by the name of a way; None: each frame is a shot of its own.
WAYS = {
    FRAME_BY_FRAME: None,
    "warped start alone": {"temporal_weight": 0.0},
    "with the term": {},
    "two passes": {"passes": 2},
}


def print_table(child, clips, ways, style, dtype, size, count, grain):
    """A row for each clip and way; flicker in levels of 255, over the clip's and, where that is
    among the ways, over that of frame by frame."""
    print(
        f"{count} frames of {size} pixels in {dtype}, grain of {grain:g}\n\n"
        "| clip | painted | flicker | over clip's | over frame by frame | drift, % | s/frame |\n"
        "|---|---|---|---|---|---|---|"
    )
    for clip in clips:
        first = math.nan
        for way in ways:
            its, painted, percent, seconds = child(
                "video", clip, way, style, dtype, size, count, grain
            )
            first = painted if way == FRAME_BY_FRAME else first
            print(
                f"| {clip} | {way} | {painted:.2f} | {painted / its:.2f} | {painted / first:.2f} | "
                f"{percent:.2f} | {seconds:.2f} |",
                flush=True,
            )


def measure(clip, way, style, dtype, size, count, grain):
    """[the clip's flicker, the painting's, its drift in percent, seconds a frame]."""
    from tf_nst.video.painter import paint_clip
    from tf_nst.video.settings import FilmConfig
    from tf_nst.video.tasks import Shot

    options = WAYS[way]
    count = min(count, FEW) if options is None else count
    frames = list(CLIPS[clip](count, size, grain))
    film, motions = [it.pixels for it in frames], [(it.flow, it.visible) for it in frames]
    shots = [Shot(index, index + 1) for index in range(count)] if options is None else ()
    began = time.perf_counter()
    painted = list(
        paint_clip(
            film,
            style,
            film=FilmConfig(**(options or {})),
            shots=shots,
            size=size,
            precision=dtype,
        )
    )
    seconds = (time.perf_counter() - began) / count
    return flicker(film, motions), flicker(painted, motions), drift(painted), seconds


MEASUREMENTS = {"video": measure}
