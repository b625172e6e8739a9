"""The flag --monitor of the painting command: what is a monitor, and whether it can be written."""

import os
from pathlib import Path

from tf_nst.config.options import Option
from tf_nst.config.value_types import ValueType, expanded_path
from tf_nst.errors import UserError

FLAG, KIND = "--monitor", "tensorboard"


class MonitorType(ValueType):
    """A kind of monitor and the folder that it writes to; as text `tensorboard:DIR`."""

    expected = values = f"{KIND}:DIR"

    def read(self, text: str, flag: str) -> str:
        kind, colon, folder = text.partition(":")
        return f"{kind}{colon}{expanded_path(folder)}"

    def convert(self, value: object, flag: str) -> str:
        kind, _, folder = value.partition(":") if isinstance(value, str) else ("", "", "")
        if kind != KIND or not folder or "\0" in folder:
            raise self.refusal(flag, value)
        return str(value)


MONITOR = Option(
    "monitor",
    None,
    MonitorType(),
    "write losses, speed, pictures and settings for TensorBoard, to DIR/NAME",
)


def folder_of(monitor: str) -> Path:
    """The folder of a flag's value."""
    return Path(monitor.partition(":")[2])


def check_monitor(monitor: str | None) -> None:
    """Refuses, before a long run, a folder that cannot be written to.

    Raises:
      UserError: it is a file, or below one, or not writable.
    """
    if monitor is None:
        return
    from tf_nst.io.writing import check_writable

    folder = folder_of(monitor)
    nearest = next(path for path in (folder, *folder.parents) if os.path.exists(path))
    if not nearest.is_dir():
        raise UserError(f"{FLAG}: expected a folder, received {folder}, and {nearest} is a file")
    check_writable(nearest, FLAG)
