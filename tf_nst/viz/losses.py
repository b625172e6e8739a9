"""The curves of a run: every term at every step, from the record beside a picture."""

import json
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tf_nst.errors import UserError
from tf_nst.model.networks import paper_name
from tf_nst.viz.figures import new_figure
from tf_nst.viz.options import check_matplotlib

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# A term that is 0 has no place on a logarithmic scale.
LEAST = 1e-12
# Of a record: a million steps of ten terms have 300 million.
MOST_CHARACTERS = 1 << 29
# Of the legend; a line's height in inches.
LEGEND_COLUMNS, LEGEND_LINE = 3, 0.19
# Colours before they are repeated by another line.
COLORS, LINES = 10, ("-", "--", ":", "-.")
_WANTED = "expected the record NAME.json that tf-nst writes beside a picture"


class Curves(NamedTuple):
    """The terms of a run.

    Attributes:
      terms: {name: [steps] float64}, each term times its weight.
      scales: width, height and steps of each scale, in their order.
    """

    terms: dict[str, NDArray[np.float64]]
    scales: tuple[tuple[int, int, int], ...]

    @property
    def loss(self) -> NDArray[np.float64]:
        """[steps], the sum of the terms."""
        total: NDArray[np.float64] = np.sum(list(self.terms.values()), axis=0)
        return total

    def figure(self, width: float = 6.4, height: float = 4.4) -> "Figure":
        """A matplotlib Figure of the curves in log scale; `width` and `height` in inches."""
        from matplotlib.ticker import MaxNLocator

        figure = new_figure(width, height)
        legend = LEGEND_LINE * -(-(len(self.terms) + 1) // LEGEND_COLUMNS) + 0.35
        place = (0.7 / width, 0.5 / height, 1 - 0.9 / width, 1 - (0.5 + legend) / height)
        axes = figure.add_axes(place)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        steps = np.arange(1, len(self.loss) + 1)
        axes.semilogy(steps, self.loss, color="black", linewidth=2, label="loss")
        labels = term_labels(list(self.terms))
        for index, (label, values) in enumerate(zip(labels, self.terms.values(), strict=True)):
            axes.semilogy(
                steps,
                np.maximum(values, LEAST),
                color=f"C{index % COLORS}",
                linestyle=LINES[index // COLORS % len(LINES)],
                linewidth=1.2,
                label=label,
            )
        self._mark_scales(axes)
        axes.set(xlabel="step", ylabel="weight × distance", xlim=(1, max(2, len(steps))))
        axes.grid(alpha=0.3)
        figure.legend(loc="upper center", ncols=LEGEND_COLUMNS, fontsize=8.5, frameon=False)
        return figure

    def _mark_scales(self, axes: "Axes") -> None:
        before = 0
        for width, height, steps in self.scales:
            if before:
                axes.axvline(before + 0.5, color="grey", linewidth=0.8, linestyle=":")
            if steps:
                place = (before + 1, 1.02)
                label = f"{width}×{height}"
                axes.annotate(label, place, xycoords=("data", "axes fraction"), fontsize=8)
            before += steps

    def numbers(self) -> dict[str, Any]:
        """What the record holds."""
        ends = {name: [float(term[0]), float(term[-1])] for name, term in self.terms.items()}
        return {"steps": len(self.loss), "first_and_last": ends}


def read_curves(record: str | os.PathLike[str], flag: str = "--record") -> Curves:
    """The curves of a record.

    Args:
      record: path of the NAME.json that the painting command writes beside NAME.png.
      flag: named in errors.

    Raises:
      UserError: no such file, or no record of a run with a step in it.
    """
    check_matplotlib()
    path = os.fspath(record)
    try:
        with open(path, encoding="utf-8") as file:
            return curves_of(json.loads(file.read(MOST_CHARACTERS)))
    except OSError as error:
        raise UserError(f"{flag}: {path} cannot be read ({error.strerror}); {_WANTED}") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UserError(f"{flag}: {path} is not a record of a run; {_WANTED}") from error


def curves_of(record: Mapping[str, Any]) -> Curves:
    """The curves of a record that was read. Raises KeyError, TypeError or ValueError on others."""
    weights = record["term_weights"]
    terms = {
        name: float(weights[name]) * np.array(values, np.float64)
        for name, values in record["losses"].items()
    }
    (steps,) = {values.shape for values in terms.values()}
    labels = term_labels(list(terms))
    if len(steps) != 1 or not steps[0] or not all(labels):
        raise ValueError("a record has one or more terms, each with a value for each step")
    scales = tuple(
        (int(scale["width"]), int(scale["height"]), int(scale["steps"]))
        for scale in record["scales"]
    )
    return Curves(terms, scales)


def term_labels(names: Sequence[str]) -> list[str]:
    """`style conv1_1` of `style/gram/block1_conv1`, for legends and tables; with the statistic,
    `style gram conv1_1`, where several terms would have the same label.

    Raises:
      ValueError: no name of a term.
    """
    short = [_label(name, with_statistic=False) for name in names]
    return [
        _label(name, with_statistic=short.count(label) > 1)
        for name, label in zip(names, short, strict=True)
    ]


def _label(name: str, *, with_statistic: bool) -> str:
    role, statistic, layer, *region = name.split("/")
    words = [role, statistic] if with_statistic else [role]
    words += [] if layer == "image" else [paper_name(layer)]
    return " ".join(words) + (f", region {'/'.join(region)}" if region else "")
