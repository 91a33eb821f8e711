"""--help of every verb, against texts that somebody has read; and the manual against the verbs."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from analysis.cli.main import workbench

HOME = Path(__file__).parents[2]
MANUAL = "\n".join(
    (HOME / name).read_text(encoding="utf-8")
    for name in ("README.md", "docs/tutorial.md", "docs/partner-data.md", "docs/keys.md")
)


def _verbs(
    group: click.Group = workbench, words: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        assert found is not None
        yield (*words, name), found
        if isinstance(found, click.Group):
            yield from _verbs(found, (*words, name))


VERBS = list(_verbs())
each_verb = pytest.mark.parametrize(
    ("words", "verb"), VERBS, ids=["-".join(words) for words, _ in VERBS]
)


def _examples(command: click.Command) -> list[str]:
    lines = (command.epilog or "").splitlines()[2:]
    return [line.strip() for line in lines]


@pytest.mark.parametrize("words", [(), *(words for words, _ in VERBS)], ids="-".join)
def test_help_reads_as_it_was_read(
    words: tuple[str, ...], call: Callable[..., Any], golden: Callable[[str, str], None]
) -> None:
    """Help is the manual most people see; a change to it should be somebody's decision."""
    said = call(*words, "--help")
    assert said.code == 0
    golden(f"help-{'-'.join(words) or 'workbench'}.txt", said.out)


@each_verb
def test_verb_shows_examples(words: tuple[str, ...], verb: click.Command) -> None:
    """People copy the first example; a verb without one is guessed at."""
    assert _examples(verb)


@each_verb
def test_examples_are_understood(words: tuple[str, ...], verb: click.Command) -> None:
    """An example that the command itself refuses teaches the wrong thing."""
    for example in _examples(verb):
        arguments = shlex.split(example.split(" > ")[0].split(" >> ")[0])
        assert arguments[0] == "workbench"
        context = click.Context(workbench)
        group: click.Command = workbench
        rest = arguments[1:]
        while isinstance(group, click.Group):
            _, found, rest = group.resolve_command(context, rest)
            assert found is not None
            group = found
        group.make_context(group.name, rest)


@each_verb
def test_verb_is_in_the_manual(words: tuple[str, ...], verb: click.Command) -> None:
    """A verb that README, tutorial and the page on partner data pass over is found by nobody."""
    assert f"workbench {' '.join(words)}" in MANUAL


GROUPS = [(), *(words for words, verb in VERBS if isinstance(verb, click.Group))]


@pytest.mark.parametrize("words", GROUPS, ids="-".join)
def test_first_lines_fit_the_list_of_commands(
    words: tuple[str, ...], call: Callable[..., Any]
) -> None:
    """A cut sentence in the overview says nothing."""
    overview = call(*words, "--help").out.partition("Commands:")[2]
    assert overview
    assert "..." not in overview
