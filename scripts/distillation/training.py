"""The loop: schedule, progress, checkpoints."""

import math
import os
import time
from typing import NamedTuple

import keras
import numpy as np

from distillation.batches import Batches
from distillation.calibration import Target, calibrate, softened
from distillation.distiller import Distiller
from distillation.lessons import Lessons
from distillation.networks import (
    LAYERS,
    arrays_of,
    block_of,
    build,
    narrowed,
    random_arrays,
    read_npz,
    save_atomically,
    scaled,
    write_npz,
)
from tf_nst.model.hdf5 import Arrays
from tf_nst.model.networks import Network

WARM_UP = 0.02
LEAST_RATE = 0.02
CALIBRATION_BATCHES = 6
CALIBRATION_SEEDS = 1 << 40  # batches that no training reaches


class Options(NamedTuple):
    """Of one run; flags of scripts/distill.py.

    Attributes:
      width: channels of the student, relative to the teacher.
      minutes: the length of the schedule, kill and resume included.
      steps: its length in steps where above 0, instead of minutes.
      start: an .npz to start from; empty: random.
      soften: whether the start's lowest kernels are made to see less of the finest grain.
      output: the .npz that is kept up to date; empty: none.
      checkpoint: a folder to resume from; empty: none.
      rate: the largest learning rate.
      kernel: weight of the errors of inner products; 0: they are not computed.
      first_block: blocks below stay as they are.
      repeats: older batches learnt from again after each new one.
      memory: batches kept for that.
      stop_after: steps after which this call ends before the schedule does; 0: never.
    """

    width: float = 0.5
    minutes: float = 60.0
    steps: int = 0
    start: str = ""
    soften: bool = False
    output: str = ""
    checkpoint: str = ""
    rate: float = 2e-4
    seed: int = 0
    policy: str = "mixed_bfloat16"
    kernel: float = 0.0
    first_block: int = 1
    repeats: int = 0
    memory: int = 500
    save_minutes: float = 3.0
    report_steps: int = 25
    stop_after: int = 0


class Pace:
    """When, in seconds, the last step, report and checkpoint were."""

    def __init__(self, now: float):
        self.step = self.reported = self.saved = now


def learning_rate(share: float, largest: float) -> float:
    """At `share` (0..1) of the schedule: a short warm-up, then a cosine."""
    warm = min(1.0, (share + 1e-3) / WARM_UP)
    cosine = 0.5 + 0.5 * math.cos(math.pi * min(share, 1.0))
    return largest * warm * (LEAST_RATE + (1 - LEAST_RATE) * cosine)


class Trainer:
    """A distiller with its optimiser, batches and progress.

    Attributes:
      step: batches learnt from.
      minutes: time spent on them, earlier calls included.
    """

    def __init__(self, options: Options, batches: Batches, network: Network, teacher: Arrays):
        self.options, self.network = options, network
        self.small = narrowed(network, options.width)
        self.step, self.minutes = 0, 0.0
        keras.utils.set_random_seed(options.seed)
        # The teacher is frozen, so that float32 copies of its weights would serve nothing.
        frozen = options.policy.removeprefix("mixed_")
        state = self._read_state()
        if state:
            self._resume(state)
        else:
            self._begin(build(network, teacher, LAYERS, dtype=frozen), batches)
        learnt = [name for name in LAYERS if block_of(name) >= options.first_block]
        self.lessons = Lessons(
            batches,
            build(network, teacher, learnt, dtype=frozen),
            self._lower(frozen),
            repeats=options.repeats,
            memory=options.memory,
        )

    def _begin(self, teacher: keras.Model, batches: Batches) -> None:
        arrays = random_arrays(self.small, self.options.seed)
        if self.options.start:
            arrays.update(read_npz(self.options.start))
        if self.options.soften:
            arrays = softened(arrays)
        plain = build(self.small, arrays, arrays, dtype=self.options.policy)
        images = [batches.make(CALIBRATION_SEEDS + index) for index in range(CALIBRATION_BATCHES)]
        calibration = calibrate(plain, arrays, teacher, images, balanced=self.options.kernel > 0)
        self._assemble(calibration.student, calibration.targets)
        self.distiller.start_from(calibration)

    def _resume(self, state: dict[str, np.ndarray]) -> None:
        targets = {
            name: Target(state[f"scale_{name}"], state[f"deviations_{name}"])
            for name in (key.removeprefix("scale_") for key in state if key.startswith("scale_"))
        }
        arrays = {
            name: (state[f"{name}_kernel"], state[f"{name}_bias"])
            for name in random_arrays(self.small, 0)
        }
        self._assemble(arrays, targets)
        for key, variable in self._variables().items():
            variable.assign(state[key])
        self.step, self.minutes = int(state["step"]), float(state["minutes"])

    def _assemble(self, arrays: Arrays, targets: dict[str, Target]) -> None:
        first, policy = self.options.first_block, self.options.policy
        self.arrays, self.targets = arrays, targets
        learnt = [name for name in LAYERS if block_of(name) >= first]
        student = build(self.small, arrays, learnt, dtype=policy, trainable=True, first_block=first)
        self.distiller = Distiller(student, targets, policy, self.options.kernel)
        self.optimizer = keras.optimizers.Adam(self.options.rate, beta_2=0.99, global_clipnorm=1.0)
        # On CPUs XLA calls slower convolutions than TensorFlow's own.
        jit = False if keras.backend.backend() == "tensorflow" else "auto"
        self.distiller.compile(optimizer=self.optimizer, jit_compile=jit)
        self.optimizer.build(self.distiller.trainable_variables)

    def _lower(self, dtype: str) -> keras.Model | None:
        """The blocks of the student that stay as they are."""
        first = self.options.first_block
        if first == 1:
            return None
        return build(self.small, self.arrays, [f"block{first - 1}_pool"], dtype=dtype)

    def _variables(self) -> dict[str, keras.Variable]:
        """All that a step changes, by its key in a checkpoint."""
        learnt = enumerate(self.distiller.trainable_variables)
        optimizer = enumerate(self.optimizer.variables)
        named = {f"learnt_{index}": variable for index, variable in learnt}
        return named | {f"optimizer_{index}": variable for index, variable in optimizer}

    def _state_path(self) -> str:
        return os.path.join(self.options.checkpoint, "state.npz")

    def _read_state(self) -> dict[str, np.ndarray]:
        if not self.options.checkpoint or not os.path.exists(self._state_path()):
            return {}
        with np.load(self._state_path()) as file:
            return dict(file)

    def save(self) -> None:
        """Writes the checkpoint and the student."""
        if self.options.checkpoint:
            values = {
                key: keras.ops.convert_to_numpy(variable.value)
                for key, variable in self._variables().items()
            }
            for name, target in self.targets.items():
                values[f"scale_{name}"] = target.scale
                values[f"deviations_{name}"] = target.deviations
            for name, (kernel, bias) in self._own_arrays().items():
                values |= {f"{name}_kernel": kernel, f"{name}_bias": bias}
            save_atomically(
                self._state_path(), {**values, "step": self.step, "minutes": self.minutes}
            )
        if self.options.output:
            about = {"network": self.network.name, "width": self.options.width}
            about |= {"steps": self.step, "minutes": round(self.minutes, 1)}
            write_npz(self.options.output, self.student(), about)

    def _own_arrays(self) -> Arrays:
        """The student's arrays, in units of pixel values; features about 1."""
        return self.arrays | arrays_of(self.distiller.student)

    def student(self) -> Arrays:
        """The same with features as large as the teacher's."""
        arrays, factors, scale = self._own_arrays(), {}, np.float32(1)
        for name in arrays:
            scale = self.targets[name].scale if name in self.targets else scale
            factors[name] = np.full(len(arrays[name][1]), scale)
        return scaled(arrays, factors)

    @property
    def share(self) -> float:
        """How much of the schedule is done, 0..1."""
        if self.options.steps:
            return self.step / self.options.steps
        return self.minutes / self.options.minutes

    def run(self, report=print) -> dict[str, float]:
        """Trains to the end of the schedule and saves. Returns the last errors by their names."""
        first, means, pace = self.step, {}, Pace(time.monotonic())
        for lesson in self.lessons.of_step(self.step):
            if self.share >= 1 or 0 < self.options.stop_after <= self.step - first:
                break
            self.optimizer.learning_rate = learning_rate(self.share, self.options.rate)
            means = self.distiller.train_on_batch(*lesson, return_dict=True)
            self.step += 1
            now = time.monotonic()
            self.minutes += (now - pace.step) / 60
            pace.step = now
            if self.step % self.options.report_steps == 0:
                report(self._line(means, self.options.report_steps / (now - pace.reported)))
                self.distiller.reset_metrics()
                pace.reported = now
            if now - pace.saved > 60 * self.options.save_minutes:
                self.save()
                pace.saved = now
        self.save()
        return means

    def _line(self, means: dict[str, float], steps_per_second: float) -> str:
        errors = " ".join(
            f"{name[5]}_{name[-1]} "
            + "/".join(f"{means[f'{name}_{kind}']:.3f}" for kind in self.distiller.shares)
            for name in self.distiller.targets
        )
        left = (1 - self.share) * self.minutes / max(self.share, 1e-9)
        return (
            f"step {self.step}  {steps_per_second:.2f} steps/s  loss {means['loss']:.4f}  "
            f"{errors}  {left:.1f} minutes left"
        )
