"""`workbench completion`: a shell in, its completion script out."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from analysis.cli.verbs import examples


@examples(
    "workbench completion bash >> ~/.bashrc",
    "workbench completion zsh  >> ~/.zshrc",
    "workbench completion fish > ~/.config/fish/completions/workbench.fish",
)
@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def verb(ctx: click.Context, shell: str) -> None:
    """Print a shell's completion script.

    It completes commands, options, evaluations and notebooks.
    """
    complete = get_completion_class(shell)
    if complete is None:
        raise click.UsageError(f"This version of click cannot complete in {shell}.", ctx)
    script = complete(ctx.find_root().command, {}, "workbench", "_WORKBENCH_COMPLETE")
    click.echo(script.source())
