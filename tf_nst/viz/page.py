"""The lesson as one HTML page that needs nothing else: pictures inside, formulas in MathML."""

import html
from collections.abc import Sequence
from importlib import resources
from string import Template

import numpy as np

from tf_nst.model.networks import paper_name
from tf_nst.viz.embedding import image_element
from tf_nst.viz.figures import rendered
from tf_nst.viz.gram import layer_title, matrix_panels, pair_panels, shuffle_row
from tf_nst.viz.lesson import Figures
from tf_nst.viz.losses import term_labels
from tf_nst.viz.panels import Panel, Row, percent, plain


def render(lesson: Figures) -> str:
    """The page."""
    template = resources.files("tf_nst.viz").joinpath("data", "lesson.html")
    return Template(template.read_text(encoding="utf-8")).substitute(_filled(lesson))


def _filled(lesson: Figures) -> dict[str, str]:
    """{placeholder of the template: its text}."""
    return {
        **{name: html.escape(value) for name, value in lesson.run.facts.items()},
        **_counts(lesson),
        **_pictures(lesson),
        "cost_table": _cost_table(lesson),
        "curves": _curves(lesson),
    }


def _counts(lesson: Figures) -> dict[str, str]:
    height, width = lesson.content_picture.shape[:2]
    first, last = lesson.content.layers[0], lesson.content.layers[-1]
    weights, loss = lesson.run.weights, lesson.run.curves.loss
    shuffle = lesson.grams.shuffle
    return {
        "width": str(width),
        "height": str(height),
        "alpha": plain(_weight(weights, "content")),
        "beta": plain(_weight(weights, "style")),
        "gamma": _decimal(_weight(weights, "variation")),
        "field": str(lesson.patches.geometry.receptive_field),
        "patch_layer": paper_name(lesson.patches.layer),
        "first_layer": paper_name(first.layer),
        "last_layer": paper_name(last.layer),
        "first_error": plain(first.pixel_error),
        "last_error": plain(last.pixel_error),
        "shuffle_layer": paper_name(shuffle.layer),
        "shuffle_content": percent(shuffle.content_distance),
        "shuffle_gram": percent(shuffle.gram_distance),
        "pictures": str(len(lesson.tradeoff.cells)),
        "start_loss": plain(loss[0]),
        "end_loss": plain(_end_loss(lesson)),
        "values": f"{height * width * 3:,}",
    }


def _weight(weights: dict[str, float], role: str) -> float:
    return sum(weight for name, weight in weights.items() if name.startswith(role + "/"))


def _decimal(number: float) -> str:
    """0.00001, not 1e-05."""
    return np.format_float_positional(number, trim="-")


def _end_loss(lesson: Figures) -> float:
    values = lesson.run.result.values
    return sum(weight * float(values[name][0]) for name, weight in lesson.run.weights.items())


def _pictures(lesson: Figures) -> dict[str, str]:
    painted = Panel(lesson.run.result.picture[0], "what the network painted")
    content, style = (
        Panel(lesson.content_picture, "the photograph: content"),
        Panel(lesson.style_picture, "the painting: style"),
    )
    snapshots = tuple(
        Panel(snapshot.picture, f"after {snapshot.step} steps") for snapshot in lesson.run.snapshots
    )
    grams = lesson.grams.layers
    return {
        "pair": _panels((content, style, painted), "large"),
        "activations": _rows(lesson.activations.rows(), "small"),
        "patches": _rows(lesson.patches.rows(), "tiny"),
        "content_pictures": _rows(lesson.content.rows(), "medium"),
        "style_pictures": _rows(lesson.style.rows(), "medium"),
        "gram_matrices": _rows(
            [Row(layer_title(one), matrix_panels(one)) for one in grams], "small"
        ),
        "gram_pairs": _rows(
            [Row(paper_name(one.layer), pair_panels(one)) for one in grams], "small"
        ),
        "shuffle": _panels(shuffle_row(lesson.grams.shuffle).panels, "small"),
        "tradeoff": _rows(lesson.tradeoff.rows(), "wide"),
        "snapshots": _panels(snapshots, "medium"),
    }


def _rows(rows: Sequence[Row], size: str) -> str:
    return "\n".join(
        f"<h3>{html.escape(row.title)}</h3>\n{_panels(row.panels, size)}" for row in rows
    )


def _panels(panels: Sequence[Panel], size: str) -> str:
    inside = "\n".join(_panel(panel) for panel in panels)
    return f'<div class="panels {size}">\n{inside}\n</div>'


def _panel(panel: Panel) -> str:
    codes = (np.clip(panel.picture, 0, 1) * 255 + 0.5).astype(np.uint8)
    caption = html.escape(panel.caption)
    return f"<figure>{image_element(codes, caption)}<figcaption>{caption}</figcaption></figure>"


def _cost_table(lesson: Figures) -> str:
    values, curves = lesson.run.result.values, lesson.run.curves.terms
    weights = lesson.run.weights
    labels = term_labels(list(weights))
    rows: list[tuple[str, float | None, float, float]] = [
        (label, weight, curves[name][0], weight * float(values[name][0]))
        for label, (name, weight) in zip(labels, weights.items(), strict=True)
    ]
    rows.append(("loss", None, lesson.run.curves.loss[0], _end_loss(lesson)))
    lines = (
        f"<tr><th>{html.escape(label)}</th><td>{'' if weight is None else _decimal(weight)}</td>"
        f"<td>{plain(start)}</td><td>{plain(end)}</td></tr>"
        for label, weight, start, end in rows
    )
    head = "<tr><th>term</th><td>weight</td><td>at the start</td><td>at the end</td></tr>"
    return f"<table>\n{head}\n" + "\n".join(lines) + "\n</table>"


def _curves(lesson: Figures) -> str:
    codes = rendered(lesson.run.curves.figure(5.2, 4.4))
    text = "every term of the loss, times its weight, at every step"
    picture = image_element(codes, text)
    return f'<figure class="chart">{picture}<figcaption>{text}</figcaption></figure>'
