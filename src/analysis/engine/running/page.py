"""An executed notebook in, a page of HTML that needs nothing from the network out."""

from __future__ import annotations

import threading
from functools import cache
from typing import Any

import nbformat
from nbconvert.exporters.html import HTMLExporter

# nbconvert's own page, less what it loads from other people's servers: require.js,
# MathJax, Mermaid and the widgets' scripts. Formulas stay as they were typed.
_TEMPLATE = """\
{%- extends 'index.html.j2' -%}
{%- block html_head_js -%}{%- endblock html_head_js -%}
{%- block html_head_js_mathjax -%}{%- endblock html_head_js_mathjax -%}
{%- block html_head_js_mermaidjs -%}{%- endblock html_head_js_mermaidjs -%}
{%- block jupyter_widgets -%}{%- endblock jupyter_widgets -%}
"""


# A worker may still be loading what pages need when its first one is wanted.
_ONE_AT_A_TIME = threading.Lock()


def page_of(notebook: dict[str, Any], title: str) -> str:
    """Render an executed notebook as HTML, the same bytes for the same notebook."""
    node = nbformat.from_dict(notebook)  # type: ignore[no-untyped-call]
    with _ONE_AT_A_TIME:
        html, _ = _exporter().from_notebook_node(node, resources={"metadata": {"name": title}})
    return str(html).rstrip("\n") + "\n"


def warm() -> None:
    """Load what a first page needs (templates, highlighting, Markdown), before there is one."""
    cells = [
        nbformat.v4.new_markdown_cell("# A $x$"),  # type: ignore[no-untyped-call]
        nbformat.v4.new_code_cell("1 + 1"),  # type: ignore[no-untyped-call]
    ]
    page_of(nbformat.v4.new_notebook(cells=cells), "warm")  # type: ignore[no-untyped-call]


@cache
def _exporter() -> Any:
    return HTMLExporter(raw_template=_TEMPLATE)  # type: ignore[no-untyped-call]
