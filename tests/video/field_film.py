"""A film whose frames are two pictures each, of a field (PAFF), which no encoder at hand makes."""

from fractions import Fraction
from pathlib import Path

from clip_files import RATE

HEADS = {"access unit": 0x09, "sequence": 0x67, "picture": 0x68, "top": 0x25, "bottom": 0x21}
# 64 by 64 pixels, of which a field is 4 by 2 macroblocks of 16 by 16.
MACROBLOCKS = 8


def code(*numbers: int) -> str:
    """Exponential Golomb codes (ITU-T H.264, 9.1)."""
    bits = [f"{number + 1:b}" for number in numbers]
    return "".join("0" * (len(each) - 1) + each for each in bits)


def unit(kind: str, bits: str) -> bytes:
    """A NAL unit of the bits and the one that ends them (7.3.1 and annex B)."""
    bits += "1"
    bits += "0" * (-len(bits) % 8)
    data, zeros = bytearray(), 0
    for byte in (int(bits[start : start + 8], 2) for start in range(0, len(bits), 8)):
        if zeros >= 2 and byte <= 3:
            data.append(3)
            zeros = 0
        data.append(byte)
        zeros = 0 if byte else zeros + 1
    return bytes([0, 0, 0, 1, HEADS[kind]]) + bytes(data)


def field(index: int, kind: str) -> bytes:
    """A field of one grey, in macroblocks of plain samples (7.3.3 and 7.3.5)."""
    bits = code(0, 7, 0) + "00001" + ("1" if kind == "bottom" else "0" + code(index % 2) + "0")
    bits += "0" + code(0)
    samples = "".join(f"{value:08b}" for value in [40 + 8 * index] * 256 + [128] * 128)
    for _ in range(MACROBLOCKS):
        bits += code(25)
        bits += "0" * (-len(bits) % 8) + samples
    return unit(kind, bits)


def write_fields(path: Path, count: int) -> Path:
    """A film of so many frames, 25 a second: frame n is of the grey 40 + 8 n."""
    import av

    sequence = f"{77:08b}{0:08b}{30:08b}" + code(0, 0, 2, 1) + "0" + code(3, 1) + "00100"
    picture = code(0, 0) + "00" + code(0, 0, 0) + "000" + code(0, 0, 0) + "000"
    heads = unit("sequence", sequence) + unit("picture", picture)
    begin = bytes([0, 0, 0, 1, HEADS["access unit"], 0x10])
    units = [begin + heads + field(it, "top") + field(it, "bottom") for it in range(count)]
    raw = path.with_suffix(".h264")
    raw.write_bytes(b"".join(units))
    with av.open(str(raw)) as given, av.open(str(path), "w") as output:
        stream = output.add_stream_from_template(given.streams.video[0])
        for index, data in enumerate(units):
            packet = av.Packet(data)
            packet.stream, packet.time_base, packet.is_keyframe = stream, Fraction(1, 90000), True
            packet.pts = packet.dts = round(index * 90000 / RATE)
            output.mux(packet)
    return path
