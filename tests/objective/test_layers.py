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
    expected = (Weighted("block1_conv1"), Weighted("block2_conv1", 2.0))
    assert style_layers(config(), VGG19) == expected


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
