"""Plain gradient descent on pictures."""

import tensorflow as tf

from tf_nst.objective.evaluation import Evaluation
from tf_nst.optim.optimizer import Optimizer, in_range, per_mean_value


def sgd(learning_rate: float) -> Optimizer:
    """Plain gradient descent; `learning_rate` in pixel values per unit of gradient."""

    def update(
        evaluation: Evaluation, image: tf.Tensor, state: tuple[()]
    ) -> tuple[tf.Tensor, tuple[()]]:
        return in_range(image - learning_rate * per_mean_value(evaluation.gradient)), state

    return Optimizer(lambda image: (), update, lambda state, image: state, pointwise=True)
