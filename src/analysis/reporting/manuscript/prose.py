"""Markdown in, one tree out, from which the HTML pages and the PDF are both set.

CommonMark with tables. Raw HTML and images are off: HTML comes out as text, and a
picture without data and source has no place in a report.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from html import escape

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode


@dataclass(frozen=True, slots=True)
class Node:
    """A piece of prose: what it is, the words it holds, the pieces inside it.

    ``level`` is the depth of a heading (1-6), ``address`` where a link leads.
    """

    kind: str
    text: str = ""
    children: tuple[Node, ...] = field(default=())
    level: int = 0
    address: str = ""


_KINDS = {
    "paragraph": "p",
    "strong": "strong",
    "em": "em",
    "bullet_list": "ul",
    "ordered_list": "ol",
    "list_item": "li",
    "blockquote": "blockquote",
    "table": "table",
    "thead": "thead",
    "tbody": "tbody",
    "tr": "tr",
    "th": "th",
    "td": "td",
    "hr": "hr",
    "hardbreak": "br",
}


def parse(markdown: str) -> tuple[Node, ...]:
    """Read Markdown as a sequence of blocks."""
    return _nodes(SyntaxTreeNode(_parser().parse(markdown)).children)


def take_title(blocks: Sequence[Node]) -> tuple[str, tuple[Node, ...]]:
    """Split the first heading of level 1 off, as words; empty where there is none."""
    for place, block in enumerate(blocks):
        if block.kind == "heading" and block.level == 1:
            return words(block), (*blocks[:place], *blocks[place + 1 :])
    return "", tuple(blocks)


def below_title(blocks: Sequence[Node]) -> tuple[Node, ...]:
    """Push headings down so that the page's title stays its only level 1."""
    return tuple(
        replace(block, level=max(block.level, 2)) if block.kind == "heading" else block
        for block in blocks
    )


def words(node: Node) -> str:
    """Return the bare words of a node."""
    return node.text + "".join(words(child) for child in node.children)


def html(blocks: Sequence[Node]) -> str:
    """Set blocks as HTML; every word is escaped."""
    return "".join(_html(block) for block in blocks)


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).disable("image").enable("table")


def _nodes(trees: Sequence[SyntaxTreeNode]) -> tuple[Node, ...]:
    found: list[Node] = []
    for tree in trees:
        # Typographers set the items of a tight list without paragraphs: markdown-it hides those.
        if tree.type == "inline" or (tree.type == "paragraph" and tree.hidden):
            found.extend(_nodes(tree.children))
        else:
            found.append(_node(tree))
    return tuple(found)


def _node(tree: SyntaxTreeNode) -> Node:
    if tree.type == "softbreak":
        return Node("text", " ")
    if tree.type == "heading":
        return Node("heading", children=_nodes(tree.children), level=int(tree.tag[1:]))
    if tree.type == "link":
        address = str(tree.attrs.get("href", ""))
        return Node("link", children=_nodes(tree.children), address=address)
    if tree.type in ("code_inline", "code_block", "fence"):
        return Node("code" if tree.type == "code_inline" else "pre", tree.content.rstrip("\n"))
    if tree.type in _KINDS:
        return Node(_KINDS[tree.type], children=_nodes(tree.children))
    return Node("text", tree.content)


def _html(node: Node) -> str:
    inner = escape(node.text) + "".join(_html(child) for child in node.children)
    if node.kind == "text":
        return inner
    if node.kind == "heading":
        return f"<h{node.level}>{inner}</h{node.level}>\n"
    if node.kind == "link":
        return f'<a href="{escape(_page(node.address))}">{inner}</a>'
    if node.kind == "pre":
        return f'<pre tabindex="0"><code>{inner}</code></pre>\n'
    if node.kind == "table":
        return f'<div class="wide" tabindex="0"><table>{inner}</table></div>\n'
    if node.kind == "th":
        return f'<th scope="col">{inner}</th>'
    if node.kind in ("hr", "br"):
        return f"<{node.kind}>"
    return f"<{node.kind}>{inner}</{node.kind}>" + ("\n" if node.kind in _BLOCKS else "")


_BLOCKS = ("p", "ul", "ol", "li", "blockquote")


def _page(address: str) -> str:
    """Lead a link between notebooks to the page that the other became."""
    path, mark, anchor = address.partition("#")
    local = "://" not in path and path.endswith(".ipynb")
    return path.removesuffix(".ipynb") + ".html" + mark + anchor if local else address
