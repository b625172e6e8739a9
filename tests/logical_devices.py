"""python logical_devices.py FOLDER: what some programs of the tests come to on two logical CPUs.

A process of its own, since logical devices are set before TensorFlow starts; one for all of them,
since it takes long to start.
"""

import sys
from pathlib import Path

import mirroring
import placement
import tensorflow as tf
from conformance import two_devices


def main(folder: Path) -> None:
    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
    mirroring.write(folder / "mirrored.npz")
    placement.write(folder / "places.json")
    two_devices.write(folder / "statistics.npz")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
