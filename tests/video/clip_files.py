"""Clips that tests write and read: known pixels, sound, and the packets of a file."""

from fractions import Fraction
from pathlib import Path

import numpy as np

from tf_nst.video.clip import ClipInfo, Frame
from tf_nst.video.writing import ClipWriter

RATE = Fraction(25)
INFO = ClipInfo(width=64, height=48)
SAMPLES = 44100


def gradient(index: int, info: ClipInfo = INFO) -> np.ndarray:
    """[H,W,3] uint8: red grows to the right, green downwards, blue with the frame."""
    pixels = np.zeros((info.height, info.width, 3), np.uint8)
    pixels[..., 0] = np.arange(info.width) * 255 // info.width
    pixels[..., 1] = (np.arange(info.height) * 255 // info.height)[:, None]
    pixels[..., 2] = 40 + index * 5 % 200
    return pixels


def noise(index: int) -> np.ndarray:
    """[48,64,3] uint8, which no codec makes small."""
    return np.random.default_rng(index).integers(0, 255, (48, 64, 3), np.uint8)


def frames(times, make=gradient) -> list[Frame]:
    """A frame at each of these seconds."""
    return [Frame(index, Fraction(time), make(index)) for index, time in enumerate(times)]


def evenly(count: int, rate: Fraction = RATE) -> list[Fraction]:
    """Seconds of so many frames at a rate."""
    return [index / rate for index in range(count)]


def write(path: Path, clip: list[Frame], info: ClipInfo = INFO, **options) -> list[str]:
    """Writes a clip; the notes."""
    with ClipWriter(path, info, **options) as writer:
        for frame in clip:
            writer.write(frame)
    return writer.notes


def add_sound(output, stream, count: int) -> None:
    """So many packets of a tone."""
    import av

    for index in range(count):
        wave = 0.3 * np.sin(0.05 * np.arange(1024) + index)
        frame = av.AudioFrame.from_ndarray(
            np.repeat(wave[None], 2, 0).astype(np.float32), format="fltp", layout="stereo"
        )
        frame.sample_rate, frame.pts = SAMPLES, 1024 * index
        frame.time_base = Fraction(1, SAMPLES)
        output.mux(stream.encode(frame))
    output.mux(stream.encode(None))


def write_film(
    path: Path, count: int = 24, sound: int = 40, begin: int = 0, **stream_options
) -> Path:
    """A film by PyAV alone, with so many packets of sound and attributes of its video stream.

    Args:
      begin: the first frame's number; those below 0 are not shown.
    """
    import av

    with av.open(str(path), "w") as output:
        video = output.add_stream("libx264", rate=25)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        for name, value in stream_options.items():
            setattr(video, name, value)
        audio = output.add_stream("aac", rate=SAMPLES, layout="stereo") if sound else None
        for index in range(count):
            frame = av.VideoFrame.from_ndarray(gradient(index), format="rgb24")
            frame = frame.reformat(format="yuv420p")
            frame.pts, frame.time_base = index, Fraction(1, 25)
            output.mux(_shifted(video.encode(frame), begin))
        output.mux(_shifted(video.encode(None), begin))
        if audio is not None:
            add_sound(output, audio, sound)
    return path


def _shifted(packets: list, count: Fraction | int) -> list:
    """Packets so many frames later."""
    for packet in packets:
        shift = round(count / RATE / packet.time_base)
        packet.pts, packet.dts = packet.pts + shift, packet.dts + shift
    return packets


def joined(path: Path, *films: Path) -> Path:
    """A file of the bytes of films."""
    path.write_bytes(b"".join(film.read_bytes() for film in films))
    return path


def moved(path: Path, film: Path, seconds: Fraction | int, **options) -> Path:
    """A film whose clock is so much later, with FFmpeg's options of the kind of file."""
    import av

    with av.open(str(film)) as given, av.open(str(path), "w", options=options) as output:
        streams = [output.add_stream_from_template(it, opaque=True) for it in given.streams]
        for packet in given.demux():
            if packet.size:
                packet.stream = streams[packet.stream_index]
                output.mux(_shifted([packet], seconds * RATE))
    return path


def sound_of(path: Path) -> list[tuple[float, bytes]]:
    """Of the first audio stream: seconds of each packet, and its bytes."""
    import av

    with av.open(str(path)) as film:
        packets = film.demux(film.streams.audio[0])
        return [(float(it.pts * it.time_base), bytes(it)) for it in packets if it.size]
