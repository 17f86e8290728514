"""Sphinx's settings of the site. build_site.py calls Sphinx on the staged tree, with no network."""

import importlib.util
import os

project = "colcomb"
author = "the colcomb authors"
version = release = os.environ["COLCOMB_SITE_VERSION"]
copyright = "the colcomb authors, Apache-2.0"

root_doc = "index"
source_suffix = {".md": "markdown"}
include_patterns = ["index.md", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "README.md",
                    "docs/**.md", "colcomb/rtl/README.md", "python/README.md", "examples/README.md", "reference/**.md"]
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]

myst_heading_anchors = 4  # as GitHub makes them
myst_enable_extensions = ["colon_fence", "deflist"]
highlight_language = "none"
smartquotes = False  # -- begins flags

# Python's docstrings: `name` is code there.
default_role = "code"
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autodoc_mock_imports = [] if importlib.util.find_spec("torch") else ["torch"]
napoleon_use_rtype = False

html_theme = "furo"
html_title = f"colcomb {version}"
html_copy_source = False
html_show_sphinx = False
html_theme_options = {"navigation_with_keys": True}
html_static_path = ["static"]
html_css_files = ["site.css"]
