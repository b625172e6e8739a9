"""What a run says in plain lines."""

from tf_nst.engine.pace import STOP_STEPS

LOST_WORKER = "step {}: another worker was lost; expected all of them until the end"
SMALLER_WINDOWS = "not enough memory, this size continues in windows of {} pixels"
LESS_STATE = "not enough memory for the optimiser, Adam paints this size"
OUT_OF_MEMORY = "not enough memory; expected a smaller --size, --tile=auto or --precision=bfloat16"
STANDS_STILL = (
    f"{STOP_STEPS} steps lowered the loss by a share of less than {{:g}}; this size is finished"
)


def search_failed(failed: int, pictures: int) -> str:
    """Of so many of a batch's pictures the search has failed."""
    which = "" if pictures == 1 else f" for {failed} of {pictures} pictures"
    return f"the line search found no lower loss{which}, Adam continues"


def not_finite(what: str, where: str, names: list[str]) -> str:
    """What is not finite, where, and by the fault of which terms."""
    return (
        f"the {what} is not finite at {where}: {', '.join(names)}; expected finite terms, "
        "try a smaller --learning_rate or smaller weights"
    )
