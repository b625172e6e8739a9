"""What became of the runs that were killed, in Markdown."""

from kills.trials import Trial

_HEAD = """\
| case | killed | while it wrote a state | before its first state | went on from step | equal |
|---|---|---|---|---|---|"""


def table(trials: list[Trial]) -> str:
    """A row for each case, and one for all."""
    cases = dict.fromkeys(trial.case for trial in trials)
    rows = [_row(case, [trial for trial in trials if trial.case == case]) for case in cases]
    return "\n".join([_HEAD, *rows, _row("all", trials)])


def _row(name: str, trials: list[Trial]) -> str:
    steps = [trial.step for trial in trials if trial.step is not None]
    cells = (
        name,
        len(trials),
        sum(trial.writing for trial in trials),
        len(trials) - len(steps),
        f"{min(steps)} to {max(steps)}" if steps else "",
        sum(trial.equal for trial in trials),
    )
    return f"| {' | '.join(map(str, cells))} |"
