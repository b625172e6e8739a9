"""From a config to terms: their weights, pictures and names."""

import pytest

from tf_nst.config import CONTENT_LOSSES, STYLE_STATISTICS, VARIATION_LOSSES, ObjectiveConfig
from tf_nst.config.weighted import Weighted, parse_weighted
from tf_nst.errors import UserError
from tf_nst.model.networks import NETWORKS
from tf_nst.objective.statistics import STATISTICS
from tf_nst.objective.terms import (
    CONTENT,
    IMAGE,
    STYLE,
    Finer,
    Term,
    build_terms,
    layer_stride,
    network_layers,
)

VGG19 = NETWORKS["vgg19"]
CONFIG = ObjectiveConfig(
    content_layers=(Weighted("block2_conv2", 3.0), Weighted("block1_conv2")),
    style_layers=(Weighted("block1_conv1"), Weighted("block3_conv1", 2.0)),
    style_statistic=(Weighted("gram", 4.0), Weighted("mean_std")),
    style_weight=10.0,
    tv_weight=1e-3,
)


def test_weights_within_a_list_are_relative():
    by_name = {term.name: term.weight for term in build_terms(CONFIG, VGG19)}
    expected = {
        "content/mean_squared/block2_conv2": 0.75,
        "content/mean_squared/block1_conv2": 0.25,
        "style/gram/block1_conv1": 10 * 0.8 / 3,
        "style/gram/block3_conv1": 10 * 0.8 * 2 / 3,
        "style/mean_std/block1_conv1": 10 * 0.2 / 3,
        "style/mean_std/block3_conv1": 10 * 0.2 * 2 / 3,
        "variation/squared/image": 1e-3,
    }
    assert by_name == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("layers", ["conv1_1", "conv1_1,conv2_1", "conv1_1:7,conv2_1:7,pool3:7"])
def test_the_weights_of_a_list_add_up_to_its_own(layers):
    style_layers = parse_weighted(layers, "--style_layers")
    config = ObjectiveConfig(style_layers=style_layers, style_weight=10.0)
    terms = build_terms(config, VGG19)
    assert sum(term.weight for term in terms if term.role == "style") == pytest.approx(10.0)


@pytest.mark.parametrize("role", ["content", "style", "variation"])
def test_terms_of_weight_zero_are_absent(role):
    flag = {"variation": "tv_weight"}.get(role, f"{role}_weight")
    everything = {term.role for term in build_terms(ObjectiveConfig(), VGG19)}
    terms = build_terms(ObjectiveConfig(**{flag: 0.0}), VGG19)
    assert {term.role for term in terms} == everything - {role}


def test_the_choices_of_the_config_are_used():
    config = ObjectiveConfig(
        content_loss="frobenius", style_statistic=(Weighted("mean_std"),), tv_loss="absolute"
    )
    statistics = {term.role: term.statistic for term in build_terms(config, VGG19)}
    assert statistics == {"content": "frobenius", "style": "mean_std", "variation": "absolute"}


def test_a_term_names_its_picture_and_a_config_no_mask():
    pictures = {term.role: term.of for term in build_terms(CONFIG, VGG19)}
    assert pictures == {"content": CONTENT, "style": STYLE, "variation": None}
    assert {term.mask for term in build_terms(CONFIG, VGG19)} == {None}


def test_a_term_has_a_target_or_a_reference_or_compares_with_nothing():
    kinds = {it.role: (it.has_target, it.has_reference) for it in build_terms(CONFIG, VGG19)}
    assert kinds == {"content": (False, True), "style": (True, False), "variation": (False, False)}


@pytest.mark.parametrize("tv_loss", VARIATION_LOSSES)
@pytest.mark.parametrize("content_loss", CONTENT_LOSSES)
def test_names_never_collide(content_loss, tv_loss):
    """Of every layer as content and as style, by every statistic, but for the chain of the first
    layer; and of variation and edges."""
    layers = tuple(Weighted(layer.name) for layer in VGG19.layers)
    config = ObjectiveConfig(
        content_layers=layers,
        style_layers=layers,
        style_statistic=tuple(map(Weighted, STYLE_STATISTICS)),
        content_loss=content_loss,
        tv_loss=tv_loss,
        laplacian_weight=1.0,
    )
    names = [term.name for term in build_terms(config, VGG19)]
    assert len(set(names)) == len(names) == (1 + len(STYLE_STATISTICS)) * len(layers) + 1
    assert "content/mean_squared/laplacian" in names


def test_a_chain_knows_how_much_finer_the_other_layer_is():
    config = ObjectiveConfig(style_layers="conv1_1,conv3_1,conv3_2", style_statistic="chained")
    finer = {it.layer: it.finer for it in build_terms(config, VGG19) if it.role == "style"}
    assert finer == {
        "block3_conv1": Finer("block1_conv1", 4),
        "block3_conv2": Finer("block3_conv1", 1),
    }


@pytest.mark.parametrize(
    ("flag", "names"),
    [("style_layers", "conv1_1,relu1_1"), ("content_layers", "conv4_2,block4_conv2")],
)
def test_two_terms_of_one_name_are_refused(flag, names):
    """Which one layer by two names would make."""
    items = tuple(Weighted(name) for name in names.split(","))
    with pytest.raises(UserError, match=rf"^--{flag}: block\d_conv\d is given more than once"):
        build_terms(ObjectiveConfig(**{flag: items}), VGG19)


def test_unknown_layers_are_refused():
    with pytest.raises(UserError, match="--style_layers"):
        build_terms(ObjectiveConfig(style_layers=(Weighted("conv7_7"),)), VGG19)


def test_a_term_binds_the_row_of_its_statistic():
    for name, row in STATISTICS.items():
        assert Term("any", None, IMAGE, 1.0, name).kind is row


def test_a_weight_is_one_for_all_pictures_or_one_for_each():
    term = Term("any", STYLE, "block1_conv1", 2.0, "gram")
    assert (term.weight_of(0), term.weight_of(1)) == (2.0, 2.0)
    term = term._replace(weight=(2.0, 0.5))
    assert (term.weight_of(0), term.weight_of(1)) == (2.0, 0.5)


def test_the_networks_layers_are_each_there_once_without_the_picture():
    expected = ("block2_conv2", "block1_conv2", "block1_conv1", "block3_conv1")
    assert network_layers(build_terms(CONFIG, VGG19)) == expected


def test_strides_double_with_each_pooling():
    layers = (IMAGE, "block1_conv2", "block1_pool", "block2_conv1", "block4_conv3", "block5_pool")
    assert [layer_stride(VGG19, layer) for layer in layers] == [1, 1, 2, 2, 8, 32]
