"""Operations by hand: 2 x 9 for each position, channel in and channel out."""

from tf_nst.model.networks import NETWORKS, Network
from tf_nst.model.operations import operations, passes

TINY = Network("tiny", (1, 1), (2, 4))


def test_a_tiny_network_by_hand():
    """6x4 positions from 3 to 2 channels, then 3x2 from 2 to 4."""
    layers = TINY.up_to(("block2_conv1",))
    first, pooling, second = passes(layers, 6, 4)
    assert (first.positions, first.operations) == (24, 24 * 18 * 3 * 2)
    assert (pooling.positions, pooling.operations) == (6, 0)
    assert (second.positions, second.operations) == (6, 6 * 18 * 2 * 4)
    assert operations(layers, 6, 4) == 2592 + 864


def test_pooling_leaves_the_last_row_and_column_out():
    layers = TINY.up_to(("block2_conv1",))
    assert passes(layers, 7, 5)[-1].positions == 6


def test_no_layer_takes_nothing():
    assert operations((), 6, 4) == 0


def test_vgg19_at_its_own_size():
    """The 19.6 billion products and sums that are said of it at 224 x 224 pixels, less its top."""
    giga = operations(NETWORKS["vgg19"].layers, 224, 224) / 2e9
    assert round(giga, 1) == 19.5
