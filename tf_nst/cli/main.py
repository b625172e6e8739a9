"""`tf-nst VERB`: the command that has all others as verbs."""

import os
import sys

from tf_nst.cli.command import run_command
from tf_nst.cli.flags import DEBUG
from tf_nst.cli.verbs import VERBS, verb_module
from tf_nst.errors import UserError, nearest


def console() -> None:
    """The installed command."""
    sys.exit(main(sys.argv))


def main(argv: list[str]) -> int:
    """Runs the verb that `argv`, the program's name first, begins with; by default `paint`."""
    program, name, arguments = argv[0], "".join(argv[1:2]), argv[2:]
    if name == "help" and not os.path.exists(name):
        return main([program, *arguments, "--help"])
    if line := _refusal(name, arguments):
        return run_command([program], (DEBUG,), "", lambda values: _refuse(line))
    if name in VERBS:
        code: int = verb_module(name).main([program, *arguments])
    else:
        code = verb_module("paint").main(argv)
    return code


def _refusal(name: str, arguments: list[str]) -> str:
    """What is wrong with the first word, such as a verb that is mistyped; or nothing."""
    if not name:
        return "expected PHOTOGRAPH PAINTING or a verb, received nothing; tf-nst --help lists all"
    if name in VERBS:
        pictures = os.path.isfile(name) and arguments and os.path.isfile(arguments[0])
        if name != "paint" and pictures:
            return f"{name}: expected ./{name} or --content={name} for the file, received a verb"
        return ""
    hint = nearest(name, VERBS, count=1, likeness=0.7)
    if not hint or os.path.exists(name):
        return ""
    known = ", ".join(VERBS)
    return f"VERB: expected one of {known}, or a file; received {name!r}{hint}"


def _refuse(line: str) -> int:
    raise UserError(line)
