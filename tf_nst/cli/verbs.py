"""The verbs of `tf-nst`. To add one, add its row: help, completion and docs/flags.md follow."""

from importlib import import_module
from types import ModuleType
from typing import NamedTuple

from tf_nst.config.options import Option


class Verb(NamedTuple):
    """A verb.

    Attributes:
      summary: for --help.
      module: has `main(argv)`, the command, and `TABLES`, its flags: {kind: options}, where kind is
        the word that follows the verb, empty for flags that need none.
    """

    summary: str
    module: str


VERBS = {
    "paint": Verb("paints a photograph in the manner of a painting", "tf_nst.cli.run"),
    "sheet": Verb("paints small pictures in many styles and settings", "tf_nst.cli.sheet"),
    "batch": Verb("paints many photographs in many styles", "tf_nst.batch.command"),
    "studio": Verb("opens a page for painting, on this machine", "tf_nst.studio.command"),
    "video": Verb("paints a film without flicker", "tf_nst.video.command"),
    "export": Verb("writes a model for TensorFlow Serving", "tf_nst.cli.export"),
    "serve-client": Verb("has a server paint a picture", "tf_nst.cli.serve_client"),
    "visualize": Verb("draws what the layers of the network see", "tf_nst.cli.visualize"),
    "info": Verb("prints versions, devices, weights and presets", "tf_nst.cli.info"),
}


def verb_module(name: str) -> ModuleType:
    """The module of a verb, imported now."""
    return import_module(VERBS[name].module)


def flag_tables(name: str) -> dict[str, tuple[Option, ...]]:
    """{kind: the flags that it takes} of a verb."""
    tables: dict[str, tuple[Option, ...]] = verb_module(name).TABLES
    return tables
