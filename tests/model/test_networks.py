"""The layer tables are those of keras.applications; layers answer to Keras' and papers' names."""

import keras
import pytest

from tf_nst.errors import UserError
from tf_nst.model.networks import NETWORKS, canonical_layer, paper_name

APPLICATIONS = {"vgg16": keras.applications.VGG16, "vgg19": keras.applications.VGG19}
VGG19 = NETWORKS["vgg19"]


@pytest.mark.parametrize("name", NETWORKS)
def test_layers_and_channels_are_those_of_keras(name):
    theirs = APPLICATIONS[name](weights=None, include_top=False).layers[1:]
    ours = NETWORKS[name].layers
    assert NETWORKS[name].name == name
    assert [layer.name for layer in ours] == [layer.name for layer in theirs]
    assert [layer.channels for layer in ours] == [layer.output.shape[-1] for layer in theirs]
    kinds = {"Conv2D": "convolution", "MaxPooling2D": "pooling"}
    assert [layer.kind for layer in ours] == [kinds[type(layer).__name__] for layer in theirs]
    for layer, their in zip(ours, theirs, strict=True):
        assert layer.channels_in == their.input.shape[-1]


@pytest.mark.parametrize(
    ("given", "keras_name"),
    [
        ("block4_conv2", "block4_conv2"),
        ("conv4_2", "block4_conv2"),
        ("relu4_2", "block4_conv2"),
        (" relu5_4 ", "block5_conv4"),
        ("pool1", "block1_pool"),
        ("block5_pool", "block5_pool"),
    ],
)
def test_keras_and_papers_names_are_known(given, keras_name):
    assert canonical_layer(given, VGG19) == keras_name


def test_papers_names_lead_back_to_keras():
    assert paper_name("block4_conv2") == "conv4_2" and paper_name("block1_pool") == "pool1"
    for layer in VGG19.layers:
        assert canonical_layer(paper_name(layer.name), VGG19) == layer.name


@pytest.mark.parametrize(
    "name", ["", "conv6_1", "conv1_3", "block4_conv", "conv4_2_2", "xconv4_2", "pool6", "fc1"]
)
def test_unknown_layers_are_refused_with_the_nearest_ones(name):
    with pytest.raises(UserError) as error:
        canonical_layer(name, VGG19, "--style_layers")
    message = str(error.value)
    assert message.startswith(f"--style_layers: expected layers of vgg19, received {name!r}")
    assert any(layer.name in message for layer in VGG19.layers)


def test_the_nearest_layers_are_near():
    with pytest.raises(UserError, match=r"nearest: .*block4_conv2"):
        canonical_layer("blok4_conv2", VGG19)


def test_layers_that_only_vgg19_has_are_refused_for_vgg16():
    assert canonical_layer("conv3_4", VGG19) == "block3_conv4"
    with pytest.raises(UserError, match="of vgg16"):
        canonical_layer("conv3_4", NETWORKS["vgg16"])


def test_up_to_ends_with_the_deepest_layer_in_any_order():
    for names in (("block2_conv1", "block1_conv1"), ("block1_conv1", "block2_conv1")):
        layers = [layer.name for layer in VGG19.up_to(names)]
        assert layers == ["block1_conv1", "block1_conv2", "block1_pool", "block2_conv1"]
