"""Rows of pictures to replicas and back, on stand-ins for strategies of several replicas."""

import weakref
from multiprocessing.pool import ThreadPool
from types import SimpleNamespace

import numpy as np
import pytest
import tensorflow as tf

from tf_nst.engine.replicas import Programs, Replicas


class Parts:
    """A value of several replicas."""

    def __init__(self, *tensors):
        self.tensors = tensors


class Several:
    """A strategy of `num_replicas_in_sync` replicas whose values are Parts."""

    def __init__(self, count: int):
        self.num_replicas_in_sync = count

    def experimental_distribute_values_from_function(self, value_of):
        replicas = range(self.num_replicas_in_sync)
        return Parts(*(value_of(SimpleNamespace(replica_id_in_sync_group=it)) for it in replicas))

    def experimental_local_results(self, value):
        return value.tensors


@pytest.mark.parametrize(
    ("pictures", "count", "parts"),
    [
        (4, 2, [[0, 1], [2, 3]]),
        (2, 2, [[0], [1]]),
        (5, 2, [[0, 1, 2], [3, 4, 4]]),
        (5, 4, [[0, 1], [2, 3], [4, 4], [4, 4]]),
    ],
)
def test_rows_are_spread_evenly_and_come_back(pictures, count, parts):
    replicas, rows = Replicas(Several(count), pictures), tf.range(pictures)
    spread = replicas.spread(rows)
    assert [part.numpy().tolist() for part in spread.tensors] == parts
    np.testing.assert_array_equal(replicas.together(spread), rows)


def test_pictures_may_lie_along_any_axis():
    replicas = Replicas(Several(2), 3)
    parts = Parts(tf.reshape(tf.range(4), [2, 2]), tf.reshape(tf.range(4, 8), [2, 2]))
    np.testing.assert_array_equal(replicas.together(parts, axis=1), [[0, 1, 4], [2, 3, 6]])


def test_what_is_the_same_for_all_pictures_goes_to_all():
    one = tf.ones([1, 2])
    assert Replicas(Several(2), 3).spread(one) is one


def test_one_replica_holds_the_tensor_itself():
    replicas, rows = Replicas(tf.distribute.get_strategy(), 3), tf.range(3)
    assert replicas.spread(rows) is rows and replicas.together(rows) is rows
    assert replicas.each(rows) == (rows,)


def test_a_call_is_compiled_once_and_takes_nests():
    traced = []

    def swap(pair):
        traced.append(pair)
        return {"first": pair[1], "second": pair[0]}

    replicas = Replicas(tf.distribute.get_strategy(), 1)
    run = replicas.compiled(swap, (tf.constant(1), tf.constant(2.0)))
    for _ in range(2):
        assert run((tf.constant(3), tf.constant(4.0))) == {"first": 4.0, "second": 3}
    assert len(traced) == 1


def test_only_a_tpu_compiles_by_itself_and_its_values_come_to_the_host(monkeypatch):
    assert not Replicas(tf.distribute.get_strategy(), 1).compile_themselves
    monkeypatch.setattr(tf.distribute, "TPUStrategy", Several)
    replicas, devices = Replicas(Several(1), 1), []

    def identity(tensor):
        devices.append(tf.zeros([]).device)
        return tensor

    monkeypatch.setattr(tf, "identity", identity)
    assert replicas.compile_themselves and replicas.each(Parts(7)) == (7,)
    assert replicas.apart(lambda it: it + 1, Parts(7)) == 8
    assert len(devices) == 2 and all(device.endswith("CPU:0") for device in devices)


def test_what_is_called_apart_sees_each_replicas_own_values():
    pair = {"image": Parts(1, 2), "state": (Parts(10, 20), ())}
    sums = Replicas(Several(2), 2).apart(lambda it: {"sum": it["image"] + it["state"][0]}, pair)
    assert sums["sum"].tensors == (11, 22)
    assert Replicas(tf.distribute.get_strategy(), 1).apart(lambda it: it + 1, 1) == 2


def test_a_nest_is_spread_leaf_by_leaf():
    spread = Replicas(Several(2), 2).spread({"rows": tf.range(2), "shared": tf.ones([1, 3])})
    assert [part.numpy().tolist() for part in spread["rows"].tensors] == [[0], [1]]
    assert spread["shared"].shape == (1, 3)


def test_a_program_is_traced_once_for_arguments_of_the_same_specs():
    programs = Programs(Replicas(tf.distribute.get_strategy(), 1))
    for size in (2, 2, 3):
        argument = tf.ones([1, size, size, 3])
        assert programs("sum", tf.reduce_sum, argument)(argument) == 3 * size**2
    assert programs.traces == 2
    assert programs("mean", tf.reduce_mean, argument)(argument) == 1
    assert programs.traces == 3


def test_a_program_for_any_size_is_traced_once_for_all_sizes_but_not_for_channels():
    programs = Programs(Replicas(tf.distribute.get_strategy(), 1), any_size=True)
    for shape in ([1, 2, 2, 3], [1, 5, 4, 3], [1, 5, 4, 1]):
        argument = {"picture": tf.ones(shape), "gram": tf.ones([1, 3, 3])}
        result = programs("sum", lambda it: tf.reduce_sum(it["picture"]), argument)(argument)
        assert result == np.prod(shape)
    assert programs.traces == 2


def test_a_sum_that_fails_leaves_no_pool_of_threads_open():
    """Such as TensorFlow makes for each sum; one that is left to Python's end fails there."""
    strategy, pools = Several(2), []

    def lose(_):
        raise tf.errors.UnavailableError(None, None, "another worker is gone")

    def reduce(*_, axis):
        pool = ThreadPool(1)
        pools.append(weakref.ref(pool))
        pool.map(lose, [0])
        pool.close()

    strategy.reduce = reduce
    with pytest.raises(tf.errors.UnavailableError):
        Replicas(strategy, 1).summed(Parts(tf.zeros([1]), tf.zeros([1])))
    assert pools[0]() is None
