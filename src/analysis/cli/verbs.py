"""A verb's name in, its click command out: imported when named, nearest suggested."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TypeVar

import click

Named = TypeVar("Named", bound=click.Command)


class Verbs(click.Group):
    """A group that imports a verb only when it is named, or listed in the help."""

    def __init__(self, *, modules: dict[str, str] | None = None, **settings: object) -> None:
        super().__init__(**settings)  # type: ignore[arg-type]
        self.modules = modules or {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the verbs in the order in which they are used, not of the alphabet."""
        return [*self.commands, *self.modules]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the verb, importing its module on first use."""
        if cmd_name in self.modules:
            module = import_module(f"analysis.cli.{self.modules[cmd_name]}")
            found: click.Command = module.verb
            return found
        return super().get_command(ctx, cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the verb that ``args`` begin with, or suggest the nearest one."""
        name, known = args[0], self.list_commands(ctx)
        if name in known or ctx.resilient_parsing or name.startswith("-"):
            return super().resolve_command(ctx, args)
        raise click.UsageError(f"There is no command {name!r}. {_nearest(name, known)}", ctx)


def examples(*lines: str) -> Callable[[Named], Named]:
    """End a command's help with examples, one a line, not wrapped."""

    def add(command: Named) -> Named:
        indented = "\n".join(f"  {line}" for line in lines)
        command.epilog = f"\b\nExamples:\n{indented}"
        return command

    return add


def _nearest(name: str, known: list[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=1, cutoff=0.5)
    return f"Did you mean {near[0]}?" if near else f"Use one of: {', '.join(known)}."
