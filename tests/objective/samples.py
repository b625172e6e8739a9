"""What tests of objectives share: terms of any statistic, a statistic by itself, and windows."""

import numpy as np
import tensorflow as tf
from reference import counting

from tf_nst import config
from tf_nst.engine.evaluator import Measured
from tf_nst.engine.replicas import Replicas
from tf_nst.engine.windows import WindowObjective, Windows
from tf_nst.objective.evaluation import Evaluation
from tf_nst.objective.statistics import STATISTICS, find_statistic
from tf_nst.objective.terms import CONTENT, IMAGE, STYLE, Finer, Term

# Of a statistic by the flag that names it; the picture of its terms in a config.
ROLES = {
    "content": config.CONTENT_LOSSES,
    "style": config.STYLE_STATISTICS,
    "variation": (*config.VARIATION_LOSSES, "1.25"),
}
# Those that add up over positions of one layer.
PLAIN = [name for name, row in STATISTICS.items() if row.additive and not row.chained]
# The layer that a chained statistic compares with.
FINER = {
    "block2_conv1": Finer("block1_conv1", 2),
    "block3_conv1": Finer("block2_conv1", 2),
    "block4_conv1": Finer("block3_conv1", 2),
}
OF = {"content": CONTENT, "style": STYLE, "variation": None}

# In float64: a picture, its content, and a style of another size.
IMAGE_64 = 0.2 + 0.6 * counting(12, 16, start=50)
CONTENT_64 = counting(12, 16)
STYLE_64 = counting(18, 14, start=9) ** 2


def role_of(statistic: str) -> str:
    """Content, style or variation."""
    return next(role for role, names in ROLES.items() if statistic in names)


def make_term(statistic: str, layer: str, weight=1.0, *, of: str = "", mask: str = "") -> Term:
    """A term; variation is of the picture itself, whatever the layer."""
    role = role_of(statistic)
    layer = IMAGE if role == "variation" else layer
    picture = OF[role] and (of or OF[role])
    name = "/".join(part for part in (role, statistic, layer, of, mask) if part)
    finer = FINER[layer] if find_statistic(statistic).chained else None
    return Term(name, picture, layer, weight, statistic, mask or None, None, finer)


def batch(features, dtype="float64") -> tf.Tensor:
    """[h, w, C] -> [1, h, w, C]."""
    return tf.constant(np.asarray(features)[None], dtype)


def sums_of(statistic: str, features, other, weights=None) -> dict:
    """The sums of a statistic; of `other` they know where the statistic compares by position."""
    kind = find_statistic(statistic)
    compared = (other,) if kind.paired else ()
    if kind.chained:
        compared = (finer_of(features),)
    return kind.measure(features, *compared, weights)


def finer_of(features) -> tf.Tensor:
    """What tests take for a finer layer, averaged over each position; see the reference."""
    return 1.5 * tf.square(features[..., 1:])


def target_of(statistic: str, other) -> dict | None:
    """What a statistic compares with; None where there is no target."""
    if role_of(statistic) != "style":
        return None
    return find_statistic(statistic).target_of(sums_of(statistic, other, None))


def distance(statistic: str, features, other, weights=None) -> tf.Tensor:
    """[B]: the distance of features [B, h, w, C] from others."""
    kind = find_statistic(statistic)
    value = kind.value(sums_of(statistic, features, other, weights))
    return kind.distance(value, target_of(statistic, other))


def scene(height: int, width: int, dtype="float64") -> dict[str, tf.Tensor]:
    """Pictures [1, ., ., 3] in 0..1: a content, one to paint, a second content, two styles."""
    ramp = np.linspace(0.0, 0.7, width)[None, :, None]
    content = 0.3 * counting(height, width) + ramp
    image = np.clip(content[:, ::-1] + 0.1 * counting(height, width, start=5), 0, 1)
    pictures = {
        CONTENT: content,
        "image": image,
        "other content": content[::-1] ** 2,
        STYLE: counting(37, 29, start=91),
        "other style": counting(26, 43, start=14) ** 2,
    }
    return {name: tf.constant(it[None].astype(dtype)) for name, it in pictures.items()}


def by_windows(extractor, network, terms, core: int, pictures, weights, image) -> Evaluation:
    """The evaluation of a picture in windows of `core` pixels a side."""
    alone = Replicas(tf.distribute.get_strategy(), 1)
    windows = Windows(WindowObjective(extractor, network, terms, core), alone)
    measured = Measured(windows.targets(pictures), windows.references(pictures), dict(weights))
    return windows.value_and_grad(measured, image)
