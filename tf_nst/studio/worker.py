"""The process that paints: `python -m tf_nst.studio.worker`. JSON lines in and out.

Each line in is an order, whose paths start at the working directory. The process answers with what
becomes of them. `null` ends it: what is being painted is kept. If stdin ends without it, the
server was killed and the process ends at once; a state of the run is on the disk.
"""

from tf_nst.cli.child import run_child
from tf_nst.studio.inbox import Inbox, Outbox


def main() -> None:
    """Serves the process that started this one."""
    run_child(lambda orders, answers: _serve(Inbox(orders), Outbox(answers)))


def _serve(inbox: Inbox, report: Outbox) -> None:
    from tf_nst.cli.imports import import_tensorflow

    import_tensorflow()
    from tf_nst.studio.orders import serve

    serve(inbox, report)


if __name__ == "__main__":
    main()
