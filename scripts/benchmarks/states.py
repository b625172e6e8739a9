"""Steps a second while states are written every so many seconds, against none: they take turns."""

import tempfile
import time
from itertools import chain, repeat
from pathlib import Path

import numpy as np
from benchmarks.turns import in_turns, spread

EXAMPLES = Path(__file__).parents[2] / "examples"
# As --checkpoint_seconds; 0: none.
SECONDS = (0, 60, 1)
SECONDS_OF_A_TURN = 20.0
# More than any machine makes in the turns: the run does not end.
MANY_STEPS = 1_000_000


def print_table(command, sizes, rounds):
    """A row for each size and number of seconds."""
    print("| pixels | --checkpoint_seconds | states | steps/s | of those without |")
    print("|---|---|---|---|---|")
    for size in map(int, sizes):
        measurements = {str(seconds): ("states", size, seconds) for seconds in SECONDS}
        results = in_turns(command, rounds, **measurements)
        rates = {
            name: np.array([each["rate"] for each in turns]) for name, turns in results.items()
        }
        for name, each in rates.items():
            written = sum(turn["states"] for turn in results[name])
            ratio = spread(each / rates["0"], ".1%")
            print(f"| {size} | {name} | {written} | {np.median(each):.2f} | {ratio} |", flush=True)


class PaintingClock:
    """Seconds of painting: it stands still while other processes have their turns."""

    def __init__(self):
        self._paused, self._since = 0.0, time.perf_counter()

    def __call__(self) -> float:
        return time.perf_counter() - self._paused

    def pause(self) -> None:
        """Stops it."""
        self._since = time.perf_counter()

    def resume(self) -> None:
        """Goes on with it."""
        self._paused += time.perf_counter() - self._since


def state_turns(size, seconds):
    """The example painted as by default, first until the second call is back, then for a turn."""
    from tf_nst.engine.loop import iterate

    with tempfile.TemporaryDirectory() as folder:
        clock = PaintingClock()
        painting, listeners, written = _prepared(Path(folder), size, seconds, clock)
        events, step = iterate(painting.job, engine=painting.engine), 0
        for length in chain([0.0], repeat(SECONDS_OF_A_TURN)):
            clock.resume()
            began, first, before = clock(), step, len(written)
            for event in events:
                for listener in listeners:
                    listener(event)
                step = getattr(event, "step", step)
                if step > max(first, 1) and clock() - began >= length:
                    break
            spent = clock() - began
            clock.pause()
            yield {"rate": (step - first) / spent, "states": len(written) - before}


def _prepared(folder, size, seconds, clock):
    """The painting, its listeners and a list to which each state that is written adds its size."""
    from tf_nst.config import config_from_options
    from tf_nst.io import checkpoints
    from tf_nst.io.inputs import read_inputs
    from tf_nst.io.listeners import History
    from tf_nst.painting import prepare

    options = {"size": size, "steps": MANY_STEPS, "scales": 1}
    config, written, write_state = config_from_options(options), [], checkpoints.write_state
    pictures = EXAMPLES / "louvre_court.jpg", EXAMPLES / "water_garden.jpg"
    painting = prepare(config, read_inputs(config, *pictures), lambda _: None, states=seconds > 0)

    def counted(path, *state):
        descriptor = write_state(path, *state)
        written.append(path.stat().st_size)
        return descriptor

    checkpoints.write_state = counted
    history = History(painting.job.scales)
    options = {"background": painting.plan.background, "clock": clock}
    keeper = checkpoints.Checkpoints(
        folder / "out.state", seconds, dict, history, written.append, **options
    )
    return painting, (history, keeper), written


MEASUREMENTS = {"states": state_turns}
