"""Which layers a config looks at, by Keras' names."""

import pytest

from tf_nst.config import ObjectiveConfig
from tf_nst.config.weighted import Weighted, parse_weighted
from tf_nst.errors import UserError
from tf_nst.model.networks import NETWORKS
from tf_nst.objective.layers import content_layers, style_layers, used_layers

VGG19 = NETWORKS["vgg19"]


def config(content="conv4_2", style="conv1_1,relu2_1:2", **options) -> ObjectiveConfig:
    return ObjectiveConfig(
        content_layers=parse_weighted(content, "--content_layers"),
        style_layers=parse_weighted(style, "--style_layers"),
        **options,
    )


def test_papers_names_become_keras_names_and_keep_their_weights():
    assert content_layers(config(), VGG19) == (Weighted("block4_conv2"),)
    expected = [("gram", "block1_conv1", 1.0), ("gram", "block2_conv1", 2.0)]
    given = config(style_statistic="gram", style_weight=3.0)
    assert [item[:3] for item in style_layers(given, VGG19)] == expected


def test_each_layer_is_used_once():
    both = config(content="conv4_2,conv1_1", style="conv1_1,conv4_2")
    assert used_layers(both, VGG19) == ("block4_conv2", "block1_conv1")


def test_layers_of_weight_zero_are_not_used():
    assert used_layers(config(content_weight=0.0), VGG19) == ("block1_conv1", "block2_conv1")
    assert used_layers(config(style_weight=0.0), VGG19) == ("block4_conv2",)
    assert content_layers(config(content_weight=0.0), VGG19) == ()
    assert style_layers(config(style_weight=0.0), VGG19) == ()


def test_unknown_layers_are_refused_by_flag_even_with_weight_zero():
    with pytest.raises(UserError, match=r"^--content_layers: .*'conv9_9'"):
        used_layers(config(content="conv9_9", content_weight=0.0), VGG19)
    with pytest.raises(UserError, match=r"^--style_layers: .*'conv9_9'"):
        used_layers(config(style="conv9_9", style_weight=0.0), VGG19)


def test_one_layer_by_two_names_is_refused():
    with pytest.raises(UserError, match=r"^--style_layers: block1_conv1 is given more than once"):
        style_layers(config(style="conv1_1,relu1_1"), VGG19)


# --- statistics at layers --------------------------------------------------------------------


def places(statistic, **options) -> list[tuple]:
    given = config(style="conv3_1,conv1_1,conv2_1:2", style_statistic=statistic, **options)
    return [tuple(item) for item in style_layers(given, VGG19)]


def test_a_statistic_at_a_layer_has_all_of_its_share_there():
    """Shares of 3 and 1 of 8; the layer need not be one of the style's."""
    assert places("gram@relu4_2:3,mean", style_weight=8.0) == [
        ("gram", "block4_conv2", 6.0, None),
        ("mean", "block3_conv1", 0.5, None),
        ("mean", "block1_conv1", 0.5, None),
        ("mean", "block2_conv1", 1.0, None),
    ]


def test_layers_that_no_statistic_looks_at_are_not_used():
    given = config(style="conv5_1", style_statistic="gram@conv1_1,json:dumps@conv2_1")
    assert used_layers(given, VGG19) == ("block4_conv2", "block1_conv1", "block2_conv1")


def test_chains_are_of_neighbours_in_the_networks_order():
    """The first layer has none before it; the others share the weight 1 : 2."""
    assert places("chained", style_weight=3.0) == [
        ("chained", "block3_conv1", 1.0, "block2_conv1"),
        ("chained", "block2_conv1", 2.0, "block1_conv1"),
    ]
    assert places("chained@conv3_4", style_weight=3.0) == [
        ("chained", "block3_conv4", 3.0, "block3_conv1")
    ]


@pytest.mark.parametrize("statistic", ["chained@conv1_1", "chained@relu1_1"])
def test_a_chain_without_a_layer_before_it_is_refused(statistic):
    with pytest.raises(UserError, match=r"^--style_statistic: chained .* received (conv|relu)1_1$"):
        places(statistic)


def test_a_statistic_twice_at_a_layer_is_refused():
    for statistic in ("gram,gram@conv1_1", "gram@conv1_1,gram@relu1_1"):
        with pytest.raises(
            UserError, match=r"^--style_statistic: gram@block1_conv1 is given more than once"
        ):
            places(statistic)


def test_an_unknown_layer_of_a_statistic_is_refused_by_its_flag():
    with pytest.raises(UserError, match=r"^--style_statistic: .*'conv9_9'"):
        places("gram@conv9_9")
