"""What receipts and give-backs share: their options, and a paper shown or written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from analysis.intake.receipts.paper import Paper

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def options(decorated: Decorated) -> Decorated:
    """Add ``--language``, ``--format`` and ``--to``."""
    several = (
        click.option(
            "-l",
            "--language",
            type=click.Choice(["da", "en"]),
            help="Language of the paper. [default: the sender's]",
        ),
        click.option(
            "--format",
            "form",
            type=click.Choice(["text", "html"]),
            default="text",
            show_default=True,
            help="Plain text, or one HTML file that loads nothing.",
        ),
        click.option(
            "--to",
            type=click.Path(path_type=Path, dir_okay=False),
            metavar="FILE",
            help="File to write to. [default: standard output]",
        ),
    )
    for one in reversed(several):
        decorated = one(decorated)
    return decorated


def show(paper: Paper, form: str, to: Path | None) -> None:
    """Write a paper to a file, naming it, or to standard output."""
    from analysis.intake.receipts.paper import as_html, as_text

    said = as_html(paper) if form == "html" else as_text(paper)
    if to is None:
        click.echo(said, nl=False)
        return
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_text(said, encoding="utf-8")
    click.echo(to)
