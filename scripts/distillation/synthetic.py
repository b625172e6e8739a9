"""What optimisation meets and photographs lack: noise of all spectra, patterns, spoilt pictures.

Pictures are [side, side, 3] float32 in 0..255, perhaps a little beyond: the caller clips.
"""

import io
from collections.abc import Callable

import numpy as np
from PIL import Image

Rng = np.random.Generator


def spectral_noise(side: int, rng: Rng) -> np.ndarray:
    """Noise whose amplitude falls as 1 / frequency^0..2 or fills a band; grey to colourful."""
    frequency = np.hypot(np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side)[None])
    if rng.random() < 0.7:
        amplitude = 1 / np.maximum(frequency, 1 / side) ** rng.uniform(0, 2)
    else:
        centre = np.exp(rng.uniform(np.log(2 / side), np.log(0.5)))
        amplitude = np.exp(-0.5 * (np.log(np.maximum(frequency, 1e-3) / centre) / 0.25) ** 2)
    spectrum = np.fft.rfft2(rng.standard_normal((3, side, side))) * amplitude
    noise = np.fft.irfft2(spectrum, (side, side)).transpose(1, 2, 0)
    noise = (noise / (noise.std() + 1e-9)).astype(np.float32)
    return noise @ colour_mixing(rng)


def colour_mixing(rng: Rng) -> np.ndarray:
    """[3, 3]: makes independent channels alike, as in photographs, by a random degree."""
    alike = rng.uniform(0, 1)
    mixing = alike * np.full((3, 3), 3**-0.5) + (1 - alike) * np.eye(3)
    return (mixing * rng.uniform(0.5, 1.5, (1, 3))).astype(np.float32)


def noise_picture(side: int, rng: Rng) -> np.ndarray:
    """Noise around a random colour, from faint to clipped."""
    deviation = np.exp(rng.uniform(np.log(3), np.log(120)))
    return rng.uniform(20, 235, 3).astype(np.float32) + deviation * spectral_noise(side, rng)


def pattern_picture(side: int, rng: Rng) -> np.ndarray:
    """Stripes, checkers or moire between two colours."""
    colours = rng.uniform(0, 255, (2, 3)).astype(np.float32)
    share = pattern(side, rng)[..., None]
    return colours[0] + (colours[1] - colours[0]) * share


def pattern(side: int, rng: Rng) -> np.ndarray:
    """[side, side] in 0..1: one wave, a product of two, or rings; soft or hard edges."""
    rows, columns = np.mgrid[:side, :side].astype(np.float32)
    kind = rng.integers(4)
    if kind == 0:
        size = int(rng.integers(1, 9))
        return ((rows // size + columns // size) % 2).astype(np.float32)
    wave = _wave(rows, columns, rng)
    if kind == 1:
        wave = wave * _wave(rows, columns, rng)
    if kind == 2:
        centre = rng.uniform(-0.5 * side, 1.5 * side, 2)
        distance = np.hypot(rows - centre[0], columns - centre[1])
        wave = np.sin(distance * np.exp(rng.uniform(np.log(0.05), np.log(3.0))))
    hardness = np.exp(rng.uniform(np.log(0.7), np.log(20)))
    return (0.5 + 0.5 * np.tanh(hardness * wave)).astype(np.float32)


def _wave(rows, columns, rng: Rng) -> np.ndarray:
    angle, frequency = rng.uniform(0, np.pi), np.exp(rng.uniform(np.log(0.05), np.log(3.0)))
    along = np.cos(angle) * rows + np.sin(angle) * columns
    return np.sin(frequency * along + rng.uniform(0, 2 * np.pi))


def with_noise(picture: np.ndarray, rng: Rng) -> np.ndarray:
    """Noise of any spectrum on top."""
    deviation = np.exp(rng.uniform(np.log(2), np.log(50)))
    return picture + deviation * spectral_noise(len(picture), rng)


def with_pattern(picture: np.ndarray, rng: Rng) -> np.ndarray:
    """A pattern on top, grey or coloured."""
    colour = rng.uniform(-1, 1, 3) * np.exp(rng.uniform(np.log(5), np.log(80)))
    return picture + (pattern(len(picture), rng)[..., None] - 0.5) * colour.astype(np.float32)


def blurred(picture: np.ndarray, rng: Rng) -> np.ndarray:
    """Smooth: halved several times and brought back."""
    small = max(4, round(len(picture) / np.exp(rng.uniform(np.log(1.5), np.log(12)))))
    image = _image(picture).resize((small, small), Image.Resampling.BOX)
    return np.asarray(image.resize(picture.shape[1::-1], Image.Resampling.BICUBIC), np.float32)


def recoloured(picture: np.ndarray, rng: Rng) -> np.ndarray:
    """Channels swapped or inverted, saturation and contrast changed, clipped where too strong."""
    picture = picture[..., rng.permutation(3)]
    picture = 255 - picture if rng.random() < 0.3 else picture
    grey, saturation = picture.mean(-1, keepdims=True), rng.uniform(0, 3)
    contrast, shift = np.exp(rng.uniform(-0.9, 0.9)), rng.uniform(-60, 60, 3)
    picture = grey + saturation * (picture - grey)
    return (128 + contrast * (picture - 128) + shift).astype(np.float32)


def compressed(picture: np.ndarray, rng: Rng) -> np.ndarray:
    """JPEG's blocks and ringing."""
    file = io.BytesIO()
    _image(picture).save(file, "JPEG", quality=int(rng.integers(3, 40)))
    return np.asarray(Image.open(file), np.float32)


def _image(picture: np.ndarray) -> Image.Image:
    return Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8))


SPOILINGS: tuple[Callable, ...] = (with_noise, with_pattern, blurred, recoloured, compressed)
