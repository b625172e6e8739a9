"""Seconds of the import, from Enter to what a user sees first, and to a second picture."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]


def print_table(child):
    """Best of three of each: a shared machine makes them longer, never shorter."""
    print("| what | seconds |\n|---|---|")
    for what in MEASUREMENTS:
        seconds = min(child(what) for _ in range(3))
        print(f"| {what} | {seconds:.3f} |", flush=True)


def measure_import():
    """What Python adds up for `import tf_nst`."""
    command = [sys.executable, "-X", "importtime", "-c", "import tf_nst"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    microseconds = done.stderr.splitlines()[-1].split("|")[1]
    return int(microseconds) / 1e6


def measure_help():
    """Until --help is over."""
    began = time.perf_counter()
    subprocess.run([sys.executable, ROOT / "scripts/run.py", "--help"], stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def measure_first_step():
    """Until the line of the first step is shown."""

    def wait(process, folder):
        for line in process.stdout:
            if line.startswith("step 1/"):
                return

    return _timed(["--steps=1"], wait)


def measure_first_preview():
    """Until the first preview of a picture with all its scales is on disk."""

    def wait(process, folder):
        while not (folder / "a.preview.png").is_file() and process.poll() is None:
            time.sleep(0.01)

    return _timed(["--preview_every=5"], wait)


def measure_second_picture():
    """From the call in Python until the first scale begins, with the engine of a first picture.

    The pictures are read before.
    """
    import tf_nst
    from tf_nst.config import config_from_options
    from tf_nst.engine.loop import iterate
    from tf_nst.io.inputs import read_inputs
    from tf_nst.painting import prepare

    engine, files = tf_nst.Engine(), ("louvre_court.jpg", "water_garden.jpg")
    config = config_from_options({"size": 512, "steps": "1,1"})
    inputs = read_inputs(config, *(ROOT / "examples" / name for name in files))
    for _ in range(2):
        began = time.perf_counter()
        job = prepare(config, inputs, print, engine=engine).job
        events = iterate(job, engine=engine)
        next(events)
        seconds = time.perf_counter() - began
        list(events)
    return seconds


def _timed(flags, wait):
    """Seconds until `wait` returns; the command is then ended."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        command = [
            *(sys.executable, ROOT / "scripts/run.py", "--size=512", *flags),
            *(f"--content={ROOT / 'examples/louvre_court.jpg'}", f"--output={folder / 'a.png'}"),
            f"--style={ROOT / 'examples/water_garden.jpg'}",
        ]
        began = time.perf_counter()
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            wait(process, folder)
            seconds = time.perf_counter() - began
            process.kill()
    return seconds


MEASUREMENTS = {
    "`import tf_nst`": measure_import,
    "from Enter to the end of --help": measure_help,
    "from Enter to the first step at 512 pixels": measure_first_step,
    "from Enter to the first preview of a 512 picture": measure_first_preview,
    "from the call in Python to the first scale of a second picture": measure_second_picture,
}
