"""HTML that a library wrote in, its words and plain structure out.

A notebook's own display may hold whatever a cell of the data holds, so it is not
trusted: only listed tags and attributes pass, everything else comes out as text
or, for scripts and styles, not at all.
"""

from __future__ import annotations

from html import escape
from html.parser import HTMLParser

_TAGS = frozenset(
    (
        *("p", "br", "span", "em", "strong", "b", "i", "code", "pre", "blockquote", "a"),
        *("h2", "h3", "h4", "ul", "ol", "li", "dl", "dt", "dd"),
        *("table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"),
    )
)
_ATTRIBUTES = frozenset(("lang", "scope", "colspan", "rowspan"))
_SILENT = ("script", "style", "template", "iframe", "object")


def clean(html: str) -> str:
    """Keep words and plain structure; every tag that is opened is closed."""
    cleaner = _Cleaner()
    cleaner.feed(html)
    cleaner.close()
    return cleaner.text()


class _Cleaner(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._kept: list[str] = []
        self._open: list[str] = []
        self._silent = 0

    def text(self) -> str:
        return "".join(self._kept) + "".join(f"</{tag}>" for tag in reversed(self._open))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        if self._silent or tag not in _TAGS:
            return
        kept = [f' {name}="{escape(text or "")}"' for name, text in attrs if _safe(name, text)]
        self._kept.append(f"<{tag}{''.join(kept)}>")
        if tag != "br":
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        while not self._silent and tag in self._open:
            last = self._open.pop()
            self._kept.append(f"</{last}>")
            if last == tag:
                return

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._kept.append(escape(data))


def _safe(name: str, text: str | None) -> bool:
    if name == "href":
        return (text or "").startswith(("http://", "https://", "#"))
    return name in _ATTRIBUTES
