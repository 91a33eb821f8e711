"""An executed notebook in, a page of HTML that needs nothing from the network out."""

from __future__ import annotations

import re
import threading
from functools import cache
from typing import Any

import nbformat
from nbconvert.exporters.html import HTMLExporter
from nbconvert.filters import Highlight2HTML, clean_html
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter

# nbconvert's own page, less what it loads from other people's servers: require.js,
# MathJax, Mermaid and the widgets' scripts. Formulas stay as they were typed.
_TEMPLATE = """\
{%- extends 'index.html.j2' -%}
{%- block html_head_js -%}{%- endblock html_head_js -%}
{%- block html_head_js_mathjax -%}{%- endblock html_head_js_mathjax -%}
{%- block html_head_js_mermaidjs -%}{%- endblock html_head_js_mermaidjs -%}
{%- block jupyter_widgets -%}{%- endblock jupyter_widgets -%}
"""


_BOXES = re.compile(
    r'(<div(?: id="[^"]*")? class="(?:[^"]* )?(?:jp-Cell-inputWrapper|jp-OutputArea-output)'
    r'(?: [^"]*)?"(?: data-mime-type="[^"]*")?)>'
)
_PICTURES = re.compile(r"<img(?=[\s>/])(?![^>]*\salt\s*=)([^>]*>)", re.IGNORECASE)


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


class _Highlighted(str):
    """Code that Pygments marked up."""

    __slots__ = ()


class _Highlight(Highlight2HTML):
    def __call__(self, *told: Any, **named: Any) -> str:
        return _Highlighted(super().__call__(*told, **named).strip())  # type: ignore[no-untyped-call]


def _clean(markup: str | bytes) -> str:
    if isinstance(markup, _Highlighted):
        return markup
    return str(clean_html(markup))  # type: ignore[no-untyped-call]


def _reachable(page: str) -> str:
    """Let the keyboard reach cells and outputs, and say of each picture that nothing is said."""
    page = _BOXES.sub(r'\1 tabindex="0">', page)
    return _PICTURES.sub(r'<img alt="No description has been provided for this image"\1', page)


class _Exporter(HTMLExporter):
    """nbconvert's, with the same page in a third of the time.

    nbconvert parses the markup of each cell to clean it, though Pygments has escaped what
    the code says, and each finished page, with its style sheets and pictures, to add what
    helps people who cannot see or use a mouse. That is added here without parsing.
    """

    def __init__(self) -> None:
        super().__init__(raw_template=_TEMPLATE)  # type: ignore[no-untyped-call]
        self._lexer: str | None = ""

    def from_notebook_node(self, nb: Any, resources: Any = None, **told: Any) -> Any:
        language = nb.metadata.get("language_info", {})
        self._highlight_as(language.get("pygments_lexer", language.get("name")))
        resources = self._init_resources(resources)  # type: ignore[no-untyped-call]
        shown = WidgetsDataTypeFilter(
            notebook_metadata=self._nb_metadata, parent=self, resources=resources
        )  # type: ignore[no-untyped-call]
        self.register_filter("filter_data_type", shown)  # type: ignore[no-untyped-call]
        # Past HTMLExporter, whose own method parses the page.
        html, resources = super(HTMLExporter, self).from_notebook_node(nb, resources, **told)
        return _reachable(html), resources

    def _highlight_as(self, lexer: str | None) -> None:
        # Whenever its filters change, nbconvert compiles all templates anew.
        if lexer != self._lexer:
            highlight = _Highlight(pygments_lexer=lexer, parent=self)  # type: ignore[no-untyped-call]
            self.filters = {"highlight_code": highlight, "clean_html": _clean}
            self._lexer = lexer


@cache
def _exporter() -> _Exporter:
    return _Exporter()
