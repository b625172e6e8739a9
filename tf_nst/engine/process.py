"""What TensorFlow is told once for the whole process, before it touches a GPU."""

import tensorflow as tf


def configure_process(memory: float, deterministic: bool) -> None:
    """Sets how GPUs give memory, that float32 is float32, and whether every bit is repeated.

    TF32, with which a GPU multiplies float32 in 10 bits of fraction, is off: the line search
    compares finer losses, and roots of covariances by products need all bits. Nothing turns
    determinism off again, and GPUs that are in use already keep the memory that they were given.

    Args:
      memory: of each GPU, in GB; 0: as much as is used.
      deterministic: whether operations of a GPU add up in a fixed order, which is slower.
    """
    tf.config.experimental.enable_tensor_float_32_execution(False)
    if deterministic:
        tf.config.experimental.enable_op_determinism()
    for gpu in tf.config.list_physical_devices("GPU"):
        _allocate(gpu, memory)


def _allocate(gpu: tf.config.PhysicalDevice, memory: float) -> None:
    try:
        if memory:
            limit = tf.config.LogicalDeviceConfiguration(memory_limit=memory * 1e9 / 2**20)
            tf.config.set_logical_device_configuration(gpu, [limit])
        else:
            tf.config.experimental.set_memory_growth(gpu, True)
    except (RuntimeError, ValueError):
        # In use already, or divided by whoever calls the library.
        return
