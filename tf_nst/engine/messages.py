"""What a run says in plain lines."""

from tf_nst.engine.pace import STOP_STEPS

LOST_WORKER = "another worker is gone, expected all of them to the end"
SMALLER_WINDOWS = "the memory does not suffice, this size goes on in windows of {} pixels"
LESS_STATE = "the memory does not suffice for the optimiser, Adam paints this size"
OUT_OF_MEMORY = (
    "the memory does not suffice; expected a smaller --size, --tile=auto or --precision=bfloat16"
)
STANDS_STILL = f"{STOP_STEPS} steps lowered the loss by less than {{:g}} of it, enough of this size"


def search_failed(failed: int, pictures: int) -> str:
    """Of so many of a batch's pictures the search has failed."""
    which = "" if pictures == 1 else f" for {failed} of {pictures} pictures"
    return f"the line search found no lower loss{which}, Adam goes on"


def not_finite(what: str, where: str, names: list[str]) -> str:
    """What is not finite, where, and by the fault of which terms."""
    return (
        f"the {what} is not finite at {where}: {', '.join(names)}; expected finite terms, "
        "try a smaller --learning_rate or smaller weights"
    )
