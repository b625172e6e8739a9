"""From a name to devices: what is there decides, and what is not there is told."""

import importlib.util
from types import SimpleNamespace

import pytest
import tensorflow as tf

from tf_nst.engine.strategy import device_type, make_strategy, resolved_name, strategy_name
from tf_nst.errors import UserError

TPU_VARIABLES = ("TPU_NAME", "TPU_CONFIG", "KUBE_GOOGLE_CLOUD_TPU_ENDPOINTS")


@pytest.fixture(autouse=True)
def no_tpu_named(monkeypatch):
    for name in TPU_VARIABLES:
        monkeypatch.delenv(name, raising=False)


def machine(monkeypatch, **counts: int) -> None:
    """A machine with so many logical devices of each kind."""
    devices = [
        tf.config.LogicalDevice(f"/device:{kind}:{index}", kind)
        for kind, count in counts.items()
        for index in range(count)
    ]

    def listed(kind=None):
        return [device for device in devices if kind in (None, device.device_type)]

    monkeypatch.setattr(tf.config, "list_logical_devices", listed)
    monkeypatch.setattr(tf.distribute, "OneDeviceStrategy", lambda device: [device])
    monkeypatch.setattr(tf.distribute, "MirroredStrategy", list)


def silent(line: str) -> None:
    pytest.fail(line)


@pytest.mark.parametrize(
    ("kind", "replicas", "name"),
    [
        ("CPU", 1, "cpu"),
        ("GPU", 1, "gpu"),
        ("GPU", 2, "mirrored"),
        ("CPU", 2, "mirrored"),
        ("TPU", 1, "tpu"),
        ("TPU", 8, "tpu"),
    ],
)
def test_a_strategy_is_recorded_by_the_name_that_makes_it_again(kind, replicas, name):
    extended = SimpleNamespace(worker_devices=[f"/device:{kind}:0"])
    stand_in = SimpleNamespace(extended=extended, num_replicas_in_sync=replicas)
    assert resolved_name(stand_in) == name


# --- which devices ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "counts", "devices"),
    [
        ("auto", {"CPU": 1}, ["CPU:0"]),
        ("auto", {"CPU": 2}, ["CPU:0"]),
        ("auto", {"CPU": 1, "GPU": 1}, ["GPU:0"]),
        ("auto", {"CPU": 1, "GPU": 2}, ["GPU:0", "GPU:1"]),
        ("cpu", {"CPU": 2, "GPU": 2}, ["CPU:0"]),
        ("gpu", {"CPU": 1, "GPU": 2}, ["GPU:0"]),
        ("mirrored", {"CPU": 2, "GPU": 2}, ["GPU:0", "GPU:1"]),
        ("mirrored", {"CPU": 3}, ["CPU:0", "CPU:1", "CPU:2"]),
    ],
)
def test_the_devices_of_a_name(monkeypatch, name, counts, devices):
    machine(monkeypatch, **counts)
    assert make_strategy(name, 8, silent) == [f"/device:{device}" for device in devices]


@pytest.mark.parametrize(
    ("name", "counts", "received"),
    [
        ("gpu", {"CPU": 1}, "gpu expects a GPU, received CPU:0"),
        ("mirrored", {"CPU": 1}, "logical CPUs and no GPU, received CPU:0"),
        ("mirrored", {"CPU": 2, "GPU": 1}, "received CPU:0, CPU:1, GPU:0"),
    ],
)
def test_devices_that_are_not_there_are_refused_with_those_that_are(
    monkeypatch, name, counts, received
):
    machine(monkeypatch, **counts)
    with pytest.raises(UserError, match=f"^--strategy: {name} expects") as error:
        make_strategy(name, 8, silent)
    assert str(error.value).endswith(received)


@pytest.mark.parametrize(
    ("pictures", "line"),
    [
        (1, "devices used: 1 of 4, since each picture, or window of --tile, takes one"),
        (3, "devices used: 3 of 4, since each picture, or window of --tile, takes one"),
    ],
)
def test_devices_without_a_picture_are_left_out_and_told(monkeypatch, pictures, line):
    machine(monkeypatch, CPU=1, GPU=4)
    lines = []
    assert len(make_strategy("auto", pictures, lines.append)) == pictures
    assert lines == [line]


def test_this_machines_cpu():
    strategy = make_strategy("cpu", 1, silent)
    assert device_type(strategy) == "CPU" and strategy.num_replicas_in_sync == 1
    assert strategy_name(strategy).startswith("CPU (")


# --- TPU: a resolver that fails, and stand-ins for one that does not -----------------------------


def test_a_machine_without_tpu_refuses_one():
    """TensorFlow's own resolver: it looks for a TPU of this machine and finds none."""
    with pytest.raises(UserError, match=r"^--strategy: tpu expects a TPU.*, received .*CPU:0 \(\w"):
        make_strategy("tpu", 1, silent)


@pytest.mark.parametrize("wheel", [True, False])
def test_what_tensorflow_lacks_for_a_tpu_is_told(monkeypatch, wheel):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: wheel or None)
    with pytest.raises(UserError) as refused:
        make_strategy("tpu", 1, silent)
    message = str(refused.value)
    assert ("(pip install 'tensorflow-tpu==2.20.*'; " in message) is not wheel
    assert "\n" not in message


@pytest.mark.parametrize(
    "error",
    [
        ValueError("Please provide a TPU Name to connect to.\nsecond line"),
        OSError("<urlopen error>"),
        RuntimeError('TPU "a" is not yet ready'),
        tf.errors.NotFoundError(None, None, "TPUs not found in the cluster."),
        ImportError("no googleapiclient"),
    ],
)
@pytest.mark.parametrize("name", ["tpu", "auto"])
def test_a_tpu_that_is_named_but_does_not_answer_is_told_in_one_line(monkeypatch, name, error):
    monkeypatch.setenv("TPU_NAME", "nowhere")

    def resolver(tpu):
        raise error

    monkeypatch.setattr(tf.distribute.cluster_resolver, "TPUClusterResolver", resolver)
    with pytest.raises(UserError, match=r"^--strategy: tpu expects a TPU.*, received") as refused:
        make_strategy(name, 1, silent)
    message = str(refused.value)
    assert message.endswith(f"({str(error).splitlines()[0]})") and "\n" not in message


@pytest.mark.parametrize(("pictures", "cores"), [(1, 1), (8, 8), (12, 8)])
@pytest.mark.parametrize("named", [False, True])
def test_a_tpu_is_connected_to_and_takes_a_core_for_each_picture(
    monkeypatch, pictures, cores, named
):
    """Eight cores; the calls of a TPU are stand-ins."""
    if named:
        monkeypatch.setenv("TPU_NAME", "some")
    machine(monkeypatch, CPU=1, TPU=0 if named else 8)
    done = []
    build = tf.tpu.experimental.DeviceAssignment.build
    assert callable(build)

    def initialized(resolver):
        done.append(("initialized", resolver))
        return tf.tpu.experimental.Topology(
            mesh_shape=[2, 2, 1, 2],
            device_coordinates=[[[x, y, 0, c] for x in (0, 1) for y in (0, 1) for c in (0, 1)]],
        )

    monkeypatch.setattr(tf.distribute.cluster_resolver, "TPUClusterResolver", lambda tpu: tpu)
    monkeypatch.setattr(
        tf.config, "experimental_connect_to_cluster", lambda resolver: done.append(resolver)
    )
    monkeypatch.setattr(tf.tpu.experimental, "initialize_tpu_system", initialized)
    monkeypatch.setattr(
        tf.distribute,
        "TPUStrategy",
        lambda resolver, experimental_device_assignment: experimental_device_assignment,
    )
    lines = []
    assignment = make_strategy("auto", pictures, lines.append)
    assert assignment.num_replicas == cores
    resolver = "" if named else "local"
    assert done == [resolver, ("initialized", resolver)]
    assert bool(lines) == (cores < 8)
