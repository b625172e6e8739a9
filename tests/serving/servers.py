"""Real servers of a folder of versions, each a process on free ports: kserve (examples/kserve), and
TensorFlow Serving where its binary is on the PATH."""

import json
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import tensorflow as tf

BINARY = "tensorflow_model_server"
SCRIPT = Path(__file__).parents[2] / "examples" / "kserve" / "server.py"
PATIENCE = 300


class Refused(Exception):
    """A server would not load the newest version."""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


class RealServer:
    """What both have in common.

    Attributes:
      models: the folder of versions.
      url: of REST.
      grpc: HOST:PORT, or None where it does not speak TensorFlow Serving's gRPC.
      log: the file of what it prints.
    """

    def __init__(self, models: Path):
        self.models, self.port = models, free_port()
        self.url, self.grpc, self.process = f"http://127.0.0.1:{self.port}", None, None
        self.log = models.parent / "log"

    def launch(self) -> None:
        """Starts the process, and does not wait for it."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self.command(), stdout=log, stderr=subprocess.STDOUT)

    def wait_until_ready(self) -> None:
        """Until the newest version, warm, answers."""
        self.wait_for(self.is_ready)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def addresses(self) -> set[str]:
        """Those that it listens on."""
        connections = psutil.Process(self.process.pid).net_connections("inet")
        return {one.laddr.ip for one in connections if one.status == psutil.CONN_LISTEN}

    def resident_bytes(self) -> int:
        return psutil.Process(self.process.pid).memory_info().rss

    def wait_for(self, condition) -> None:
        until = time.monotonic() + PATIENCE
        while not condition():
            if self.process.poll() is not None or time.monotonic() > until:
                raise AssertionError(f"not ready, exit code {self.process.poll()}")
            time.sleep(0.1)

    def status(self) -> dict:
        """The model's status; {} where nobody answers."""
        try:
            with urllib.request.urlopen(f"{self.url}/v1/models/nst", timeout=5) as answer:
                return json.load(answer)
        except OSError:
            return {}


class Kserve(RealServer):
    """Its models are loaded anew when it is asked to."""

    def command(self) -> list[str]:
        flags = [f"--model_dir={self.models}", "--model_name=nst", f"--http_port={self.port}"]
        return [sys.executable, str(SCRIPT), *flags]

    def is_ready(self) -> bool:
        return self.status().get("ready", False)

    def reload(self) -> None:
        """Raises Refused with what the server says."""
        url = f"{self.url}/v2/repository/models/nst/load"
        try:
            urllib.request.urlopen(urllib.request.Request(url, b""), timeout=PATIENCE).close()
        except urllib.error.HTTPError as error:
            raise Refused(error.read().decode()) from error


class TensorFlowServing(RealServer):
    """It looks for new versions by itself."""

    def __init__(self, models: Path):
        super().__init__(models)
        self.grpc = f"127.0.0.1:{free_port()}"

    def command(self) -> list[str]:
        return [
            *(BINARY, f"--rest_api_port={self.port}", f"--port={self.grpc.split(':')[1]}"),
            *("--model_name=nst", f"--model_base_path={self.models}"),
            *("--rest_api_timeout_in_ms=300000", "--max_num_load_retries=0"),
        ]

    def states(self) -> dict[int, str]:
        """{version: AVAILABLE, LOADING, END, ...}."""
        status = self.status().get("model_version_status", [])
        return {int(one["version"]): one["state"] for one in status}

    def is_ready(self) -> bool:
        return "AVAILABLE" in self.states().values()

    def reload(self) -> None:
        """Raises Refused where the newest version ends without an answer."""
        newest = max(int(path.name) for path in self.models.iterdir() if path.name.isdecimal())
        self.wait_for(lambda: self.states().get(newest) in ("AVAILABLE", "END"))
        if self.states()[newest] == "END":
            raise Refused(str(self.status()))


SERVERS = {"kserve": Kserve} | ({BINARY: TensorFlowServing} if shutil.which(BINARY) else {})


def with_other_kernels(version: Path, folder: Path) -> None:
    """Copies a version; the kernels of its network change their sign."""
    shutil.copytree(version, folder)
    prefix = str(folder / "variables" / "variables")
    reader = tf.train.load_checkpoint(prefix)
    shapes, dtypes = reader.get_variable_to_shape_map(), reader.get_variable_to_dtype_map()
    values = [
        tf.constant(reader.get_tensor(name) * (-1 if shape[:2] == [3, 3] else 1), dtypes[name])
        for name, shape in shapes.items()
    ]
    tf.raw_ops.SaveV2(
        prefix=prefix,
        tensor_names=list(shapes),
        shape_and_slices=[""] * len(shapes),
        tensors=values,
    )
