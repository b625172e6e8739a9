"""What became of the loss of a run, for a note."""

from tf_nst.io.listeners import History, contributions
from tf_nst.objective.terms import Term


def notes_on_loss(terms: tuple[Term, ...], history: History) -> list[str]:
    """A line where the last size ended no lower than it began, after several steps; or nothing."""
    index = max((i for i, steps in enumerate(history.steps_of_scales) if steps), default=None)
    if index is None or history.steps_of_scales[index] < 2 or not history.final:
        return []
    begin = sum(history.steps_of_scales[:index])
    first = {name: values[begin] for name, values in history.values.items()}
    before, now = (sum(contributions(terms, values).values()) for values in (first, history.final))
    if now < before or before == 0:
        return []
    return [
        f"the loss is no lower than at the start of this size ({before:.4g} then, {now:.4g} now): "
        "try a smaller --learning_rate, more --steps or another --optimizer"
    ]
