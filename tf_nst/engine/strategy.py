"""From the name of a strategy to the devices that paint. To add one, add a branch of `_devices`."""

import importlib.util
import os
from collections.abc import Callable

import tensorflow as tf

from tf_nst.errors import UserError
from tf_nst.planning.precision import device_name

# The newest that is made with TPUs in it.
TPU_WHEEL = "tensorflow-tpu==2.20.*"
# Any of these names a TPU for tf.distribute.cluster_resolver.TPUClusterResolver.
_TPU_VARIABLES = ("TPU_NAME", "TPU_CONFIG", "KUBE_GOOGLE_CLOUD_TPU_ENDPOINTS")


def make_strategy(name: str, parts: int, report: Callable[[str], None]) -> tf.distribute.Strategy:
    """The strategy of no more replicas than there are parts to share out.

    Args:
      name: "auto" (a TPU where one is, else several GPUs, else the GPU, else the CPU), "cpu",
        "gpu", "mirrored" (all GPUs, or all logical CPUs where there is no GPU), "tpu" or "workers"
        (this process and the others that TF_CONFIG lists; before TensorFlow has computed anything).
      parts: pictures that are painted together, or windows of one picture; 1 or more.
      report: called with a line where devices are left without a part.

    Raises:
      UserError: there are no such devices; the line lists what is there.
    """
    if name == "workers":
        return _join_workers()
    if name == "tpu" or (name == "auto" and _tpu_is_there()):
        return _tpu(parts, report)
    devices = _devices(name)
    used = devices[: _used(len(devices), parts, report)]
    if len(used) == 1:
        return tf.distribute.OneDeviceStrategy(used[0])
    return tf.distribute.MirroredStrategy(used)


def device_type(strategy: tf.distribute.Strategy) -> str:
    """CPU, GPU or TPU."""
    kind: str = tf.DeviceSpec.from_string(strategy.extended.worker_devices[0]).device_type
    return kind


def strategy_name(strategy: tf.distribute.Strategy) -> str:
    """Its devices for a person, such as `CPU (AMD EPYC, 2 cores)` or `2 × GPU (NVIDIA L4)`."""
    return device_name(device_type(strategy), strategy.num_replicas_in_sync)


def resolved_name(strategy: tf.distribute.Strategy) -> str:
    """The name that makes the same strategy again where auto might find other devices."""
    kind = device_type(strategy)
    if worker_place(strategy)[1] > 1:
        return "workers"
    several = kind != "TPU" and strategy.num_replicas_in_sync > 1
    return "mirrored" if several else kind.lower()


def whole_picture_strategy(strategy: tf.distribute.Strategy) -> tf.distribute.Strategy:
    """That of one picture as a whole, where the strategy's replicas share the windows of another.

    The first of its devices; the cores of a TPU, which run one program, all paint the same.
    """
    if strategy.num_replicas_in_sync == 1 or isinstance(strategy, tf.distribute.TPUStrategy):
        return strategy
    return tf.distribute.OneDeviceStrategy(strategy.extended.worker_devices[0])


def worker_place(strategy: tf.distribute.Strategy) -> tuple[int, int]:
    """The index of this process among the workers of a strategy, and how many there are."""
    if not isinstance(strategy, tf.distribute.MultiWorkerMirroredStrategy):
        return 0, 1
    resolver = strategy.cluster_resolver
    return resolver.task_id, resolver.cluster_spec().num_tasks("worker")


def _join_workers() -> tf.distribute.Strategy:
    if "TF_CONFIG" not in os.environ:
        raise UserError("--strategy: workers expects a cluster in TF_CONFIG, received none")
    try:
        return tf.distribute.MultiWorkerMirroredStrategy()
    except (ValueError, KeyError, TypeError, RuntimeError, tf.errors.OpError) as error:
        first = (str(error).splitlines() or ["no reason given"])[0]
        raise UserError(
            "--strategy: workers expects a cluster in TF_CONFIG that can be joined before "
            f"TensorFlow computes anything ({first})"
        ) from error


def _devices(name: str) -> list[str]:
    cpus, gpus = _names("CPU"), _names("GPU")
    if name == "gpu" and not gpus:
        raise _absent(name, "a GPU")
    if name == "mirrored":
        several = gpus or cpus
        if len(several) == 1:
            raise _absent(name, "several GPUs, or several logical CPUs and no GPU")
        return several
    if name == "auto":
        return gpus or cpus[:1]
    return gpus[:1] if name == "gpu" else cpus[:1]


def _used(devices: int, parts: int, report: Callable[[str], None]) -> int:
    used = min(devices, parts)
    if used < devices:
        report(
            f"devices used: {used} of {devices}, since each picture, or window of --tile, takes one"
        )
    return used


def _names(kind: str) -> list[str]:
    return [device.name for device in tf.config.list_logical_devices(kind)]


def _absent(name: str, expected: str, reason: str = "") -> UserError:
    there = [device.name.removeprefix("/device:") for device in tf.config.list_logical_devices()]
    listed = ", ".join(there)
    return UserError(f"--strategy: {name} expects {expected}, received {listed}{reason}")


def _tpu_is_there() -> bool:
    return _tpu_is_named() or bool(_names("TPU"))


def _tpu_is_named() -> bool:
    return any(variable in os.environ for variable in _TPU_VARIABLES)


def _tpu(parts: int, report: Callable[[str], None]) -> tf.distribute.Strategy:
    """A TPU that the environment names, else one of this machine."""
    address = "" if _tpu_is_named() else "local"
    try:
        resolver = tf.distribute.cluster_resolver.TPUClusterResolver(address)
        tf.config.experimental_connect_to_cluster(resolver)
        topology = tf.tpu.experimental.initialize_tpu_system(resolver)
    except (ValueError, RuntimeError, OSError, ImportError, tf.errors.OpError) as error:
        first = (str(error).splitlines() or ["no reason given"])[0]
        raise _absent("tpu", f"a TPU{_missing_wheel()}", f" ({first})") from error
    used = _used(topology.num_tasks * topology.num_tpus_per_task, parts, report)
    cores = tf.tpu.experimental.DeviceAssignment.build(topology, num_replicas=used)
    return tf.distribute.TPUStrategy(resolver, experimental_device_assignment=cores)


def _missing_wheel() -> str:
    """What to install where TensorFlow's wheel is one for CPUs and GPUs; else empty."""
    if importlib.util.find_spec("libtpu"):
        return ""
    return f" and TensorFlow for it (pip install {TPU_WHEEL!r}; {tf.__version__} has none)"
