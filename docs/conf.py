"""The documentation's site: Sphinx, the Furo theme and MyST's Markdown.

    pip install ".[docs]" && python -m sphinx -W -b html docs out/docs

Why these: the built folder works from file:// with its search, whose index is a script and no
request; no page asks another address for a font or a script; sphinx-autoapi reads docstrings from
the source, so that no TensorFlow is imported; and all of them are maintained, while Material for
MkDocs gets fixes only and MkDocs itself no releases.
"""

import re
import shutil
import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
# The Colab badge of README.md is where the repository's address is.
BADGE = re.search(r"https://colab\.research\.google\.com/\S+\.ipynb", (ROOT / "README.md").read_text(encoding="utf-8"))

project = "tf_nst"
version = re.search(r'"(.+)"', (ROOT / "tf_nst/version.py").read_text(encoding="utf-8"))[1]
release = version

extensions = ["myst_parser", "sphinx.ext.napoleon", "autoapi.extension"]
exclude_patterns = ["explained", "control/README.md"]
nitpicky = False

html_theme = "furo"
html_title = f"tf_nst {version}"
html_static_path = ["_static"]
html_css_files = ["tf_nst.css"]
html_copy_source = False
html_show_copyright = False
html_show_sphinx = False
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"

myst_heading_anchors = 3
myst_enable_extensions = ["deflist"]

# Single backticks in docstrings are code.
default_role = "literal"
autoapi_dirs = [str(ROOT / "tf_nst")]
autoapi_generate_api_docs = False
autoapi_add_toctree_entry = False
autodoc_typehints = "signature"
