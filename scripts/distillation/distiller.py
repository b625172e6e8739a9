"""The model that is trained: the student with its adapters."""

import keras
from keras import ops

from distillation.calibration import Calibration, Target
from distillation.networks import LAYERS

# Errors of a layer, and their weights in the loss.
KINDS = {"feature": 1.0, "change": 0.5}
# The same of inner products, times --kernel.
KERNEL_KINDS = {"kernel": 1.0, "centred": 1.0, "response": 1.0}
# Relative to a layer's root mean square: pictures much fainter than this count less.
FAINT = 0.2


class Distiller(keras.Model):
    """Errors of a student's features against its teacher's, per layer.

    All are relative. Two are of the features through a linear adapter, channel by channel:
    "feature" of themselves, "change" of how they differ between the batch's halves, of which the
    second is the first slightly changed (painting follows gradients, and those are the limit of
    such differences). With `kernel` above 0 three more are of the inner products between the
    features of any two positions, without an adapter: "kernel" as they are, "centred" less their
    means, "response" of the changes. Gram matrices compare pictures by inner products alone:
    |G - A|^2 is a sum of their squares. They did not help so far (docs/compact.md).
    """

    def __init__(
        self, student: keras.Model, targets: dict[str, Target], policy: str, kernel: float = 0.0
    ):
        super().__init__()
        self.student = student
        self.shares = dict(KINDS)
        if kernel > 0:
            self.shares |= {kind: kernel * weight for kind, weight in KERNEL_KINDS.items()}
        self.targets = {name: targets[name] for name in student.output}
        self.adapters = {
            name: keras.layers.Conv2D(
                len(target.deviations), 1, dtype=policy, name=f"adapter_{name}"
            )
            for name, target in self.targets.items()
        }
        for name, adapter in self.adapters.items():
            adapter.build((None, None, None, student.output[name].shape[-1]))
        self.errors = {
            (name, kind): keras.metrics.Mean(f"{name}_{kind}")
            for name in self.targets
            for kind in self.shares
        }
        self.loss_mean = keras.metrics.Mean("loss")
        self.built = True

    @property
    def metrics(self):
        """Means since they were last reset."""
        return [self.loss_mean, *self.errors.values()]

    def start_from(self, calibration: Calibration) -> None:
        """Sets the adapters."""
        for name, adapter in self.adapters.items():
            adapter.set_weights(calibration.adapters[name])

    def call(self, images):
        """What enters the student -> {layer: its features}."""
        return self.student(images)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """The weighted sum of all errors; `y` is {layer: the teacher's features}."""
        loss = 0.0
        for name, found in y_pred.items():
            for kind, error in self._errors(name, found, y[name]).items():
                self.errors[name, kind].update_state(error)
                loss = loss + LAYERS[name] * self.shares[kind] * error
        self.loss_mean.update_state(loss)
        return loss

    def _errors(self, name: str, found, wanted):
        target = self.targets[name]
        adapted = ops.cast(self.adapters[name](found), "float32")
        found, wanted = ops.cast(found, "float32"), ops.cast(wanted, "float32") / target.scale
        strength = strengths(wanted)
        plain = [item / strength for item in (found, wanted, adapted)]
        strength = strengths(change(plain[1]))
        changes = [change(item) / strength for item in plain]
        errors = {"feature": relative_error(plain[2], plain[1] / target.deviations)}
        errors["change"] = relative_error(changes[2], changes[1] / target.deviations)
        if "kernel" in self.shares:
            errors["kernel"], errors["centred"] = kernel_errors(*plain[:2])
            errors["response"] = kernel_errors(*changes[:2])[0]
        return errors


def relative_error(found, wanted):
    """|found - wanted|^2 / |wanted|^2 over all."""
    return ops.sum(ops.square(found - wanted)) / (ops.sum(ops.square(wanted)) + 1e-6)


def change(features):
    """The second half of a batch less the first: what a small change of each picture does."""
    first, second = ops.split(features, 2)
    return second - first


def strengths(wanted):
    """[B, h, w, C] of mean square about 1 -> [B, 1, 1, 1]: about each picture's root mean square.

    The style loss is relative to the style's own Gram matrix, so that a faint picture counts as
    much as a strong one. Very faint ones are noise.
    """
    mean_square = ops.mean(ops.square(wanted), (1, 2, 3), keepdims=True)
    return ops.sqrt(mean_square + FAINT**2)


def kernel_errors(found, wanted):
    """Relative squared errors of all inner products between positions: as they are, and centred.

    With N positions in rows, |F F' - T T'|^2 = |F'F|^2 + |T'T|^2 - 2 |F'T|^2, so that only products
    of channels are made.

    Args:
      found: [B, h, w, C] float32.
      wanted: [B, h, w, D] float32.
    """
    found, wanted = (ops.reshape(item, (-1, item.shape[-1])) for item in (found, wanted))
    count = ops.cast(ops.shape(found)[0], "float32")
    pairs = ((found, found), (found, wanted), (wanted, wanted))
    plain = [ops.matmul(ops.transpose(left), right) / count for left, right in pairs]
    means = [ops.mean(left, 0)[:, None] * ops.mean(right, 0) for left, right in pairs]
    centred = [product - mean for product, mean in zip(plain, means, strict=True)]
    return _kernel_error(*plain), _kernel_error(*centred)


def _kernel_error(own, cross, theirs):
    own, cross, theirs = (ops.sum(ops.square(item)) for item in (own, cross, theirs))
    return (own + theirs - 2 * cross) / theirs
