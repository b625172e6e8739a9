"""See inside: the pictures that explain style transfer, from a user's own images.

Each function returns arrays; their `.figure()` is a matplotlib Figure. docs/seeing.md shows them.
"""

from importlib import import_module

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


def __getattr__(name: str):
    """These come with TensorFlow, which takes seconds to import: only on first use."""
    if name in _FUNCTIONS:
        return getattr(import_module(f"tf_nst.viz.{_FUNCTIONS[name]}"), name)
    raise AttributeError(f"module 'tf_nst.viz' has no attribute {name!r}")
