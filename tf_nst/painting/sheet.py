"""Many pictures of one photograph: each by its style and settings, all by one engine."""

from collections.abc import Callable
from typing import cast

from tf_nst.config import StylizeConfig
from tf_nst.engine.cache import Cache
from tf_nst.engine.engine import Engine
from tf_nst.engine.events import Event, Finished, StepsDone
from tf_nst.engine.loop import iterate
from tf_nst.io.areas import Places
from tf_nst.io.images import Image, read_image
from tf_nst.io.inputs import read_inputs
from tf_nst.painting.api import finished
from tf_nst.painting.preparation import Painting, prepare


class SheetPainter:
    """Paints the pictures of a sheet.

    The photograph is decoded once, a style once for all pictures by it that follow each other; the
    engine keeps network, compiled steps and targets.
    """

    def __init__(
        self,
        content: Image,
        places: Places,
        report: Callable[[str], None],
        engine: Engine | None = None,
    ) -> None:
        """Takes the photograph, masks, what is called with plain lines, and the engine."""
        self._content, self._places, self._report = content, places, report
        self._engine = engine or Engine()
        self._styles: Cache[Image] = Cache(1)

    def prepare(self, style: str, config: StylizeConfig) -> Painting:
        """The job of a picture by the style of a path.

        Raises:
          UserError: a style, a mask or a setting that cannot be used.
        """
        picture = self._styles.get(style, lambda: read_image(style, "--styles"))
        inputs = read_inputs(config, self._content, picture, self._places)
        for note in inputs.notes:
            self._report(note)
        return prepare(config, inputs, self._report, engine=self._engine)

    def paint(
        self,
        style: str,
        config: StylizeConfig,
        listen: Callable[[Painting, Event], None],
        stopped: Callable[[], bool] = bool,
    ) -> Image | None:
        """A picture; None where `stopped()` became true before it was painted.

        Raises as `tf_nst.stylize`.
        """
        painting = self.prepare(style, config)
        for event in iterate(painting.job, engine=painting.engine):
            listen(painting, event)
            if isinstance(event, StepsDone) and stopped():
                return None
        return finished(painting, cast(Finished, event).image)
