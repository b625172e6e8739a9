"""What the painter does: one order after the other, all with one engine."""

from functools import partial

from tf_nst.cli.command import reason
from tf_nst.engine.engine import Engine
from tf_nst.studio.estimate import estimate
from tf_nst.studio.inbox import Inbox, Message, Outbox
from tf_nst.studio.painter import paint
from tf_nst.studio.small import paint_tries
from tf_nst.studio.warmth import warm_up


def serve(inbox: Inbox, report: Outbox) -> None:
    """Carries out orders until there are no more."""
    engine = Engine()
    warm_up(engine)
    report(event="ready")
    answer = partial(answer_estimate, engine, report)
    while (order := inbox.next()) is not None:
        if order["do"] == "paint":
            paint(order, engine, inbox, report, answer)
        elif order["do"] == "sheet":
            paint_tries(order, engine, inbox, report, answer)
        elif order["do"] == "estimate":
            answer(order)
        # What else there is concerns a painting that is over by now.


def answer_estimate(engine: Engine, report: Outbox, order: Message) -> None:
    """What a painting would take, or one line that says why it cannot be painted."""
    try:
        report(answer=order["question"], **estimate(order["arguments"], engine))
    except Exception as error:
        report(answer=order["question"], error=reason(error))
