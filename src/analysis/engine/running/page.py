"""An executed notebook in, a page of HTML that needs nothing from the network out."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from functools import cache
from typing import Any

import markupsafe
import nbformat
from nbconvert.exporters.html import HTMLExporter
from nbconvert.filters import Highlight2HTML, clean_html

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


class _Mark(str):
    """Stands in a page, until it is finished, for a part that is finished already."""

    __slots__ = ()


class _Highlight(Highlight2HTML):
    """Marks code up; what the code says is escaped in that, so nothing is left to clean."""

    keep: Callable[[str], _Mark]

    def __call__(self, *told: Any, **named: Any) -> _Mark:
        return self.keep(super().__call__(*told, **named))  # type: ignore[no-untyped-call]


def _clean(markup: str | bytes) -> str:
    return markup if isinstance(markup, _Mark) else str(clean_html(markup))  # type: ignore[no-untyped-call]


class _Exporter(HTMLExporter):
    """nbconvert's, with the same page in half the time.

    nbconvert parses the markup of each cell to clean it and each page to add what helps
    people who cannot see or use a mouse. Code and style sheets, the bulk of a page, need
    neither, and are put in afterwards.
    """

    def __init__(self) -> None:
        self._kept: dict[str, str] = {}
        self._highlights: dict[str | None, _Highlight] = {}
        super().__init__(raw_template=_TEMPLATE)  # type: ignore[no-untyped-call]

    def from_notebook_node(self, nb: Any, resources: Any = None, **told: Any) -> Any:
        language = nb.metadata.get("language_info", {})
        self._highlight_as(language.get("pygments_lexer", language.get("name")))
        html, resources = super().from_notebook_node(nb, resources, **told)
        kept, self._kept = self._kept, {}
        for mark, part in kept.items():
            html = html.replace(mark, part, 1)
        return html, resources

    def _keep(self, part: str) -> _Mark:
        mark = _Mark(f"<!--{uuid.uuid4().hex}-->")
        self._kept[mark] = part
        return mark

    def _highlight_as(self, lexer: str | None) -> None:
        if lexer not in self._highlights:
            self._highlights[lexer] = _Highlight(pygments_lexer=lexer, parent=self)  # type: ignore[no-untyped-call]
            self._highlights[lexer].keep = self._keep
        # Whenever its filters change, nbconvert compiles all templates anew.
        if self.filters.get("highlight_code") is not self._highlights[lexer]:
            self.filters = {"highlight_code": self._highlights[lexer], "clean_html": _clean}

    def _init_resources(self, resources: Any) -> Any:
        resources = super()._init_resources(resources)  # type: ignore[no-untyped-call]
        for name in ("include_css", "include_lab_theme"):
            read = cache(resources[name])
            resources[name] = lambda sheet, read=read: markupsafe.Markup(self._keep(read(sheet)))
        return resources


@cache
def _exporter() -> _Exporter:
    return _Exporter()
