"""A painting of the studio: where it stands, as the page shows it."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from tf_nst.config.paths import split_paths

# Points of each curve.
MOST_POINTS = 400
QUEUED, PREPARING, PAINTING = "queued", "preparing", "painting"
STOPPED, FINISHED, FAILED, CRASHED = "stopped", "finished", "failed", "crashed"
ACTIVE = (PREPARING, PAINTING)
ENDED = (STOPPED, FINISHED)

Curves = dict[str, list[list[float]]]


class Before(NamedTuple):
    """What a run was before it waited to go on."""

    name: str
    more: int
    status: str
    message: str
    resumable: bool


@dataclass
class Run:
    """One painting.

    Attributes:
      id: that the server gave it.
      name: of its files in the history, without their extension.
      request: what the page asked for: content, styles, settings, masks.
      arguments: {flag: text} of the painting command.
      folder: of the history.
      state: a file to go on from, or None.
      more: steps to add to it, 0: none.
      weights: those of now, by setting.
      before: what it was before it waited; None: it has not begun.
    """

    id: str
    name: str
    request: dict[str, Any]
    arguments: dict[str, str]
    folder: Path
    status: str = QUEUED
    state: Path | None = None
    more: int = 0
    size: list[int] | None = None
    step: int = 0
    steps: int = 0
    scale: dict[str, Any] | None = None
    steps_per_second: float = 0.0
    seconds_left: float | None = None
    losses: Curves = field(default_factory=dict)
    weights: dict[str, float] = field(default_factory=dict)
    undo: int = 0
    traces: int = 0
    preview: int = 0
    notes: list[str] = field(default_factory=list)
    message: str = ""
    resumable: bool = False
    history: str | None = None
    before: Before | None = None

    def wait(self, name: str, more: int) -> None:
        """Waits for its turn, with the name of its next files and the steps to add."""
        before = Before(self.name, self.more, self.status, self.message, self.resumable)
        self.before = None if self.status == QUEUED else before
        self.name, self.more = name, more
        self.status, self.message, self.resumable = QUEUED, "", False

    def withdraw(self) -> bool:
        """Waits no longer, and is what it was before; False: it had not begun."""
        if self.status != QUEUED or self.before is None:
            return False
        self.name, self.more, self.status, self.message, self.resumable = self.before
        return True

    @property
    def output(self) -> Path:
        """Of the picture."""
        return self.folder / f"{self.name}.png"

    @property
    def first_style(self) -> str:
        """The path of its first painting, from the folder."""
        return split_paths(self.arguments["style"])[0]

    def kept_path(self, scratch: Path) -> Path:
        """Of the state at its end."""
        return scratch / f"{self.id}.state"

    def preview_path(self, scratch: Path) -> Path:
        """Of the picture so far."""
        return scratch / "previews" / f"{self.id}.png"

    def order(self, scratch: Path) -> dict[str, Any]:
        """The order by which the painter begins it, or continues it."""
        return {
            "do": "paint",
            "run": self.id,
            "arguments": self.arguments,
            "output": str(self.output),
            "from": None if self.state is None else str(self.state),
            "more": self.more,
            "kept": str(self.kept_path(scratch)),
            "preview": str(self.preview_path(scratch)),
            "previews": self.preview,
            "request": self.request,
        }

    def shown(self, place: int | None) -> dict[str, Any]:
        """For the page; `place` in the queue, 0 for the one that is painted."""
        names = ("id", "status", "size", "step", "steps", "scale", "steps_per_second")
        more = ("seconds_left", "weights", "undo", "traces", "preview", "notes", "message")
        shown = {name: getattr(self, name) for name in (*names, *more, "resumable", "history")}
        shown["has_state"] = self.state is not None
        losses = {role: thinned(points) for role, points in self.losses.items()}
        return {**self.request, **shown, "place": place, "losses": losses}

    def take(self, message: dict[str, Any]) -> None:
        """What the painter says of it."""
        for name, value in message.items():
            if name == "points":
                for role, points in value.items():
                    self.losses.setdefault(role, []).extend(points)
            elif name == "notes":
                self.notes += [line for line in value if line not in self.notes]
            elif name in _TAKEN:
                setattr(self, name, value)
        if "back_to" in message:
            self.losses = {role: before(it, message["back_to"]) for role, it in self.losses.items()}


_TAKEN = (
    *("status", "size", "step", "steps", "scale", "steps_per_second", "seconds_left"),
    *("weights", "undo", "traces", "preview", "message", "resumable"),
)


def thinned(points: list[list[float]], most: int = MOST_POINTS) -> list[list[float]]:
    """At most so many of the points, the last one among them, at equal distances."""
    if len(points) <= most:
        return points
    every = -(-(len(points) - 1) // (most - 1))
    return [*points[:-1:every], points[-1]]


def before(points: list[list[float]], step: int) -> list[list[float]]:
    """The points up to a step."""
    return [point for point in points if point[0] <= step]
