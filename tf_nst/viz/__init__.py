"""See inside: the pictures that explain style transfer, from a user's own images.

Each function returns arrays; their `.figure()` is a matplotlib Figure. docs/seeing.md shows them.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tf_nst.viz.activations import strongest_channels as strongest_channels
    from tf_nst.viz.content import reconstruct_content as reconstruct_content
    from tf_nst.viz.explain import explain_pair as explain_pair
    from tf_nst.viz.gram import compare_grams as compare_grams
    from tf_nst.viz.losses import read_curves as read_curves
    from tf_nst.viz.patches import top_patches as top_patches
    from tf_nst.viz.style import reconstruct_style as reconstruct_style
    from tf_nst.viz.tradeoff import paint_tradeoff as paint_tradeoff

_FUNCTIONS = {
    "strongest_channels": "activations",
    "top_patches": "patches",
    "reconstruct_content": "content",
    "reconstruct_style": "style",
    "compare_grams": "gram",
    "paint_tradeoff": "tradeoff",
    "read_curves": "losses",
    "explain_pair": "explain",
}
__all__ = list(_FUNCTIONS)


def __getattr__(name: str) -> object:
    """These come with TensorFlow, which takes seconds to import: only on first use."""
    if name in _FUNCTIONS:
        return getattr(import_module(f"tf_nst.viz.{_FUNCTIONS[name]}"), name)
    raise AttributeError(f"module 'tf_nst.viz' has no attribute {name!r}")
