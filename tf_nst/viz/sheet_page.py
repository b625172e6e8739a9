"""A contact sheet as one HTML page that needs nothing else; each picture has its command."""

import html
from collections.abc import Sequence
from importlib import resources
from string import Template

from tf_nst.viz.embedding import image_element
from tf_nst.viz.sheet import SheetCell


def render_sheet(
    title: str, columns: int, cells: Sequence[SheetCell], commands: Sequence[str]
) -> str:
    """The page as text.

    Args:
      title: of the page.
      columns: of a wide window.
      cells: as on the sheet.
      commands: what paints each of them large.
    """
    template = resources.files("tf_nst.viz").joinpath("data", "sheet.html")
    items = (_item(*pair) for pair in zip(cells, commands, strict=True))
    return Template(template.read_text(encoding="utf-8")).substitute(
        title=html.escape(title), columns=str(columns), items="\n".join(items)
    )


def _item(cell: SheetCell, command: str) -> str:
    caption = "<br>".join(map(html.escape, cell.lines))
    if cell.pixels is None:
        reason = f'<span class="reason">{html.escape(cell.reason)}</span>'
        return f'<li><div class="failed">{reason}<span class="caption">{caption}</span></div></li>'
    picture = image_element(cell.pixels, "")
    return (
        f'<li><button type="button" aria-pressed="false" data-command="{html.escape(command)}">'
        f'{picture}<span class="caption">{caption}</span></button></li>'
    )
