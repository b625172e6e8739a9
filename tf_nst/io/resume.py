"""Whether a run may go on from a state: the same flags, pictures, weights and version."""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from tf_nst.config import StylizeConfig, config_from_options, options_from_config
from tf_nst.config.starts import is_start
from tf_nst.errors import UserError
from tf_nst.io.images import Image
from tf_nst.io.inputs import Inputs
from tf_nst.io.manifest import versions
from tf_nst.io.state_file import read_description, refusing_damage
from tf_nst.model.weights import WORDS
from tf_nst.version import VERSION

# Options whose value is the path of a file, unless it is such a word.
_FILES: dict[str, Callable[[str], bool]] = {"init": is_start, "weights": WORDS.__contains__}
# Of a description.
_TYPES = {
    **dict.fromkeys(("versions", "options", "resolved", "digests", "history"), dict),
    **dict.fromkeys(("scale", "step"), int),
    **dict.fromkeys(("memory", "seconds"), int | float),
    "steps": list,
}


class Resumed(NamedTuple):
    """A run that goes on.

    Attributes:
      path: of its state.
      description: of the state, see `describe_run`, with its scale, step and history.
      config: by which it is prepared again, with the steps of each scale and the memory that there
        was, so that its plan is the same.
      recorded: the config that its record holds.
    """

    path: Path
    description: dict[str, Any]
    config: StylizeConfig
    recorded: StylizeConfig


def describe_run(
    requested: StylizeConfig,
    resolved: StylizeConfig,
    *,
    steps: tuple[int, ...],
    gigabytes: float,
    digests: Mapping[str, str],
) -> dict[str, Any]:
    """What a state says of its run, as JSON can hold it.

    Args:
      requested: the config as the flags have it.
      resolved: the same with every `auto` resolved.
      steps: of each scale.
      gigabytes: that the run may take; 0: without limit.
      digests: {flag: sha256 of its picture or of the weights}.
    """
    return {
        "version": VERSION,
        "versions": versions(),
        "options": options_from_config(requested),
        "resolved": options_from_config(resolved),
        "steps": list(steps),
        "memory": gigabytes,
        "digests": dict(digests),
    }


def resume_run(path: Path, config: StylizeConfig) -> Resumed:
    """The run of a state, if `config` is its config; steps may be added, files may have been moved.

    What the files hold is left to `check_digests`.

    Raises:
      UserError: a damaged file, another version, another value of an option, or fewer steps.
    """
    description = read_description(path)
    with refusing_damage(path):
        if description["version"] != VERSION:
            raise UserError(
                f"--resume: expected a state of tf_nst {VERSION}, received {path} of "
                f"{description['version']}; without --resume the run starts from the beginning"
            )
        _check_types(description)
        return _resumed(path, description, config)


def _check_types(description: dict[str, Any]) -> None:
    """Raises KeyError or TypeError where a state's description is not one."""
    for name, kind in _TYPES.items():
        if not isinstance(description[name], kind):
            raise TypeError(f"{name}: received {type(description[name]).__name__}")
    for name in versions():
        str(description["versions"][name])


def _resumed(path: Path, description: dict[str, Any], config: StylizeConfig) -> Resumed:
    received = options_from_config(config)
    _check_options(path, description["options"], received)
    files = {name: received[name] for name in _FILES if _is_file(name, received[name])}
    steps, resolved = description["steps"], description["resolved"] | files
    if received.get("steps") != description["options"].get("steps"):
        steps = _more_steps(path, description, config.steps)
        resolved = resolved | {"steps": ",".join(map(str, steps))}
    # As much memory as then makes the same plan; windows stay a choice where they were one.
    tile, memory = description["options"]["tile"], description["memory"]
    each = {"steps": ",".join(map(str, steps)), "scales": len(steps)}
    again = resolved | each | {"tile": tile, "memory": memory}
    return Resumed(path, description, config_from_options(again), config_from_options(resolved))


def picture_digests(inputs: Inputs) -> dict[str, str]:
    """sha256 of what each flag of pictures names: of its file, or of the list of its files' sha256
    where there are several, or weights."""
    weights = [
        style.weight / len(style.pictures) for style in inputs.styles for _ in style.pictures
    ]
    digests = {
        flag: _digest(pictures, weights if flag == "style" else [1.0] * len(pictures))
        for flag, pictures in inputs.pictures.items()
    }
    return digests | {flag: _sha256(word) for flag, word in inputs.areas.words.items()}


def _digest(pictures: list[Image], weights: list[float]) -> str:
    if len(pictures) == 1:
        return pictures[0].sha256 or ""
    pairs = zip(pictures, weights, strict=True)
    return _sha256(",".join(f"{picture.sha256}:{weight!r}" for picture, weight in pairs))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def check_digests(resumed: Resumed, digests: Mapping[str, str]) -> None:
    """Refuses other pictures or weights than those of the state.

    Args:
      digests: some of those of `describe_run`.

    Raises:
      UserError: one has another sha256.
    """
    with refusing_damage(resumed.path):
        before = resumed.description["digests"]
        before = {**before, "content": str(before["content"])}
    for flag in {**before, **digests}:
        expected, received = before.get(flag), digests.get(flag)
        # The weights' is known only once they are loaded.
        if expected != received and (flag != "weights" or received):
            wanted = "no file, as" if expected is None else "the file with which"
            given = "none" if received is None else f"another one (sha256 {received[:12]}…)"
            digest = "" if expected is None else f" (sha256 {str(expected)[:12]}…)"
            raise UserError(
                f"--{flag}: expected {wanted} {resumed.path} was painted{digest}, received {given}"
            )


def changed_packages(resumed: Resumed) -> list[str]:
    """A line for each package whose version is not that of the state: the pixels may differ."""
    before, now = resumed.description["versions"], versions()
    return [
        f"--resume: {resumed.path} was painted with {name} {before[name]}, this is {version}: "
        "the pixels may differ slightly"
        for name, version in now.items()
        if before[name] != version
    ]


def _check_options(path: Path, expected: dict[str, Any], received: dict[str, Any]) -> None:
    for name in {**expected, **received}:
        one, other = expected.get(name), received.get(name)
        if _is_file(name, one) and _is_file(name, other):
            continue  # wherever it lies: `check_digests` compares what it holds
        if name != "steps" and one != other:
            raise UserError(
                f"--{name}: expected {_text(one)}, with which {path} was painted, received "
                f"{_text(other)}; without --resume the run starts from the beginning"
            )


def _is_file(name: str, value: object) -> bool:
    """Whether an option's value is the path of a file."""
    return name in _FILES and isinstance(value, str) and not _FILES[name](value)


def _text(value: object) -> str:
    return "none" if value is None else str(value)


def _more_steps(
    path: Path, description: dict[str, Any], received: tuple[int, ...]
) -> tuple[int, ...]:
    """The steps of each scale; those beyond what was requested before are the last scale's.

    Raises:
      UserError: fewer steps, or more at a scale that is done.
    """
    planned, scale = description["steps"], description["scale"]
    steps = list(received)
    if len(steps) == 1:
        last = max(index for index, count in enumerate(planned) if count)
        steps = [*planned]
        steps[last] += received[0] - sum(planned)
    done = steps[:scale] == planned[:scale] and len(steps) == len(planned)
    if not done or any(new < old for new, old in zip(steps, planned, strict=True)):
        listed = ",".join(map(str, planned))
        raise UserError(
            f"--steps: expected {sum(planned)} or more, or {listed} with more from scale "
            f"{scale + 1} on, at which {path} is, received {','.join(map(str, received))}"
        )
    return tuple(steps)
