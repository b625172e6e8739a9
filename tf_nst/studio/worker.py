"""The process that paints: `python -m tf_nst.studio.worker`. JSON lines in and out.

Each line in is an order, whose paths start at the working directory. The process answers with what
becomes of them. `null` ends it: what is being painted is kept. If stdin ends without it, the
server was killed and the process ends at once; a state of the run is on the disk.
"""

import os
import signal
import sys
import traceback

from tf_nst.studio.inbox import Inbox, Outbox


def main() -> None:
    """Serves the process that started this one."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # that process hears them, and ends this one
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb", 0)
    os.dup2(2, 1)
    code = 1
    try:
        _serve(Inbox(sys.stdin.buffer), Outbox(answers))
        code = 0
    except Exception:
        traceback.print_exc()
    finally:  # the thread that reads would be in the way of an orderly end
        sys.stderr.flush()
        os._exit(code)


def _serve(inbox: Inbox, tell: Outbox) -> None:
    from tf_nst.cli.imports import import_tensorflow

    import_tensorflow()
    from tf_nst.studio.orders import serve

    serve(inbox, tell)


if __name__ == "__main__":
    main()
