"""Lengths of axes are numbers where they are known, and right where they are not."""

import tensorflow as tf

from tf_nst.ops.shapes import sides, sizes


def in_graph(function, *shape):
    """`function` traced for a tensor of this shape."""
    spec = tf.TensorSpec(shape, tf.float32)
    return tf.function(function, [spec], autograph=False).get_concrete_function()


def test_what_is_known_is_a_number_and_no_operation():
    graph = in_graph(lambda tensor: tf.constant(sizes(tensor)), 2, 3, 5).graph
    assert "Shape" not in {operation.type for operation in graph.get_operations()}
    assert sizes(tf.zeros([2, 3, 5])) == [2, 3, 5]


def test_what_is_not_known_is_that_of_the_tensor():
    traced = in_graph(lambda tensor: tf.stack(sizes(tensor)), None, 3, None)
    assert traced(tf.zeros([2, 3, 5])).numpy().tolist() == [2, 3, 5]


def test_of_a_known_axis_among_others_the_number_stays():
    def last_is_known(tensor):
        assert sizes(tensor)[1:] == [3]
        return tensor

    in_graph(last_is_known, None, 3)


def test_sides_are_height_and_width():
    assert sides(tf.zeros([1, 4, 7, 3])) == (4, 7)
    traced = in_graph(lambda tensor: sides(tensor), 1, None, None, 3)
    assert [int(length) for length in traced(tf.zeros([1, 4, 7, 3]))] == [4, 7]
