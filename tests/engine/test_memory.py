"""The estimate of memory: it grows with the picture, with a larger style, and with the dtype."""

from tf_nst.engine.memory import estimate_bytes
from tf_nst.model.networks import NETWORKS

LAYERS = NETWORKS["vgg19"].up_to(("block5_conv1",))
SMALL, LARGE = (256, 256), (512, 512)


def test_the_known_case():
    """Each layer once in bfloat16, the largest four times in float32; values for each pixel."""
    values = [64, 64, 16, 32, 32, 8, 16, 16, 16, 16, 4, 8, 8, 8, 8, 2, 2]
    weights = sum(9 * layer.channels_in * layer.channels for layer in LAYERS)
    expected = 720_000_000 + 2 * weights + 512 * 512 * (2 * sum(values) + 4 * 4 * 64)
    assert estimate_bytes(LAYERS, LARGE, LARGE, "bfloat16") == expected


def test_a_larger_picture_needs_more():
    sizes = [estimate_bytes(LAYERS, side, SMALL, "bfloat16") for side in (SMALL, LARGE)]
    assert sizes[0] < sizes[1]


def test_a_style_counts_where_it_is_much_larger_than_the_picture():
    alike = estimate_bytes(LAYERS, SMALL, SMALL, "float32")
    assert estimate_bytes(LAYERS, SMALL, (64, 64), "float32") == alike
    assert estimate_bytes(LAYERS, SMALL, (2048, 2048), "float32") > 2 * alike


def test_float32_needs_more_than_bfloat16():
    assert estimate_bytes(LAYERS, LARGE, LARGE, "bfloat16") < estimate_bytes(
        LAYERS, LARGE, LARGE, "float32"
    )
