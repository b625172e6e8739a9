"""The documentation's site: Sphinx with the Furo theme and MyST's Markdown.

    python -m sphinx docs out/docs

CONTRIBUTING.md says why these.
"""

import re
import shutil
from pathlib import Path

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
# The Colab badge of README.md is the one place where the repository's address is written.
COLAB = re.search(r"https://colab\.research\.google\.com/\S+\.ipynb", README)[0]
REPOSITORY = re.search(r"/github/([^/]+/[^/]+)/", COLAB)[1]

project = "tf_nst"
version = re.search(r'VERSION = "(.+)"', (ROOT / "tf_nst/version.py").read_text(encoding="utf-8"))[
    1
]
release = version

extensions = ["myst_parser", "sphinx.ext.napoleon", "autoapi.extension"]
exclude_patterns = ["explained"]
suppress_warnings = ["autoapi.python_import_resolution"]

# Dashes in the help of flags are dashes.
smartquotes = False

html_theme = "furo"
html_title = f"tf_nst {version}"
html_theme_options = {
    "top_of_page_buttons": [],
    "light_css_variables": {"color-code-background": "#f3f4f6"},
}
html_static_path = ["_static"]
html_css_files = ["tf_nst.css"]
html_copy_source = False
html_show_copyright = False
html_show_sphinx = False
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"

myst_heading_anchors = 3
myst_url_schemes = {"http": None, "https": None, "colab": COLAB}

# Single backticks in docstrings are code.
default_role = "literal"
add_module_names = False
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 80
napoleon_use_ivar = True
autoapi_dirs = [str(ROOT / "tf_nst")]
autoapi_options = ["show-inheritance"]
autoapi_generate_api_docs = False
autoapi_add_toctree_entry = False


# What axe misses in the theme's pages: a wide table scrolls in its box, which the keyboard has to
# reach; two asides need names; a heading needs a level; the search page needs a heading.
ACCESSIBLE = {
    '<div class="table-wrapper': '<div tabindex="0" class="table-wrapper',
    '<aside class="sidebar-drawer"': '<aside aria-label="Pages" class="sidebar-drawer"',
    '<aside class="toc-drawer': '<aside aria-label="On this page" class="toc-drawer',
    'class="caption" role="heading"': 'class="caption" aria-level="2" role="heading"',
    '</noscript>\n\n<div id="search': '</noscript><h1>Search</h1><div id="search',
}


def make_accessible(app, error) -> None:
    """Adds what is missing to the written pages."""
    for page in Path(app.outdir).glob("**/*.html"):
        text = page.read_text(encoding="utf-8")
        for plain, better in ACCESSIBLE.items():
            text = text.replace(plain, better)
        page.write_text(
            re.sub("<dl>(.*?)</dl>", lines_of_signature, text, flags=re.DOTALL), "utf-8"
        )


def lines_of_signature(match: re.Match) -> str:
    """The parameters of a function, one to a line, which are no list of definitions.

    Types are named without their modules.
    """
    lines = match[1].replace("<dd>", "<span>").replace("</dd>", "</span>")
    lines = re.sub(r"(?<=[>\[ ])(?:[a-z_]+\.)+(?=[A-Z])", "", lines)
    return f'<span class="parameters">{lines}</span>'


def copy_lesson(app, error) -> None:
    """The lesson is a page of its own, which keeps its address."""
    shutil.copytree(DOCS / "explained", Path(app.outdir) / "explained", dirs_exist_ok=True)


def setup(app) -> None:
    """Sphinx's hooks."""
    app.connect("build-finished", make_accessible)
    app.connect("build-finished", copy_lesson)
