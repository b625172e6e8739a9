"""The pairs that judge a student, and the share of the gap that it closes on each."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from distillation.networks import narrowed, read_npz, read_teacher, teacher_network
from distillation.painter import Painter, read_float
from tf_nst.io.images import Image

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


class Pair(NamedTuple):
    """A content and a style; those that do not count are only reported."""

    content: str
    style: str
    counts: bool = True


PAIRS = {
    "tubingen-wave": Pair("content_tubingen.jpg", "style_great_wave.jpg"),
    "gate-night": Pair("content_golden_gate.jpg", "style_starry_night.jpg"),
    "tubingen-night": Pair("content_tubingen.jpg", "style_starry_night.jpg"),
    "gate-wave": Pair("content_golden_gate.jpg", "style_great_wave.jpg"),
    "court-garden": Pair("louvre_court.jpg", "water_garden.jpg", counts=False),
}


class Row(NamedTuple):
    """One pair judged: the objective's terms at three pictures, by name, and "total"."""

    pair: str
    counts: bool
    content: dict[str, float]
    teacher: dict[str, float]
    student: dict[str, float]

    @property
    def share(self) -> float:
        """How much of the gap the student closes: 1 is as good as the teacher."""
        content, teacher, student = (item["total"] for item in self[2:])
        return (content - student) / (content - teacher)


class Judge:
    """Paints with both networks and evaluates the teacher's objective."""

    def __init__(self, teacher: str, student: str, output: str, size: int, steps: int):
        self.size, self.steps = size, steps
        self.output, self.student_name = Path(output), Path(student).stem
        self.network = teacher_network()
        self.arrays = read_teacher(teacher, self.network)
        arrays = read_npz(student)
        width = len(arrays["block1_conv1"][1]) / self.network.channels[0]
        self.student = Painter(narrowed(self.network, width), arrays)
        self.judge = Painter(self.network, self.arrays, dtype="float32")
        self.output.mkdir(parents=True, exist_ok=True)

    def rows(self, folder: str, names: list[str] | None = None):
        """A Row of each pair, as soon as it is painted."""
        for name in names or PAIRS:
            pair = PAIRS[name]
            places = [Path(folder) if pair.counts else EXAMPLES] * 2
            content, style = (
                read_float(str(place / file), self.size)
                for place, file in zip(places, pair[:2], strict=True)
            )
            pictures = (
                content,
                self._teachers(name, content, style),
                self._students(name, content, style),
            )
            values = self.judge.judge(content, style, np.concatenate(pictures))
            yield Row(name, pair.counts, *values)

    def _teachers(self, name: str, content: np.ndarray, style: np.ndarray) -> np.ndarray:
        """Painted once, then read from the folder."""
        path = self.output / f"{name}-{self.size}-{self.steps}-teacher.npy"
        if not path.exists():
            picture = Painter(self.network, self.arrays).paint(content, style, self.steps)
            np.save(path, picture)
            _save(picture, path.with_suffix(".png"))
        return np.load(path)

    def _students(self, name: str, content: np.ndarray, style: np.ndarray) -> np.ndarray:
        picture = self.student.paint(content, style, self.steps)
        path = self.output / f"{name}-{self.size}-{self.steps}-{self.student_name}.png"
        _save(picture, path)
        return picture


def _save(picture: np.ndarray, path: Path) -> None:
    Image.from_float(picture[0]).save(path)


def print_table(rows) -> None:
    """One line for each pair: share, totals, and each term as teacher / student."""
    shares = []
    for row in rows:
        totals = [f"{item['total']:.3f}" for item in row[2:]]
        print(f"{row.pair:15s} {row.share:6.1%}  {' '.join(totals)}", flush=True)
        for name in row.content:
            print(f"    {name:28s} " + " ".join(f"{item[name]:9.4f}" for item in row[2:]))
        shares += [row.share] if row.counts else []
    if shares:
        print(f"least of those that count: {min(shares):.1%}, mean {np.mean(shares):.1%}")
