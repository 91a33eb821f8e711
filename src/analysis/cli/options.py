"""Arguments that several verbs share: NAME=VALUE, an evaluation, a language, --json."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from analysis.errors import AnalysisError
from analysis.places import find_places

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from analysis.places import Places

Decorated = TypeVar("Decorated", bound=Callable[..., Any])
Complete = Callable[[click.Context, click.Parameter, str], "list[CompletionItem]"]


def of_notebook(
    ctx: click.Context, option: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Complete the names of what the notebook named before takes, with their comments."""
    from click.shell_completion import CompletionItem

    from analysis.engine.notebook import parameters as declared
    from analysis.flow import named

    # click stops reading at a -p that has no value yet, and leaves the notebook aside.
    given = [ctx.params.get("notebook"), *ctx.args]
    name = next((each for each in given if isinstance(each, str)), "")
    try:
        found = declared.read(named.notebook(find_places(), name))
    except AnalysisError:  # nothing is named yet, or it cannot be read: nothing to complete
        return []
    return [
        CompletionItem(f"{parameter.name}=", help=parameter.comment)
        for parameter in found
        if parameter.name.startswith(incomplete)
    ]


def parameters(what: str, *, complete: Complete | None = None) -> Callable[[Decorated], Decorated]:
    """Add ``-p NAME=VALUE``, which may be given several times, as a dict ``parameters``."""
    return click.option(
        "-p",
        "--parameter",
        "parameters",
        metavar="NAME=VALUE",
        multiple=True,
        callback=_assignments,
        shell_complete=complete,
        help=what,
    )


def as_json(decorated: Decorated) -> Decorated:
    """Add ``--json``: the result as JSON on standard output."""
    return click.option("--json", "as_json", is_flag=True, help="Write JSON, for machines.")(
        decorated
    )


def jobs(decorated: Decorated) -> Decorated:
    """Add ``-j`` and ``--jobs``: how many notebooks run at the same time on this machine."""
    return click.option(
        "-j",
        "--jobs",
        type=click.IntRange(min=1),
        metavar="N",
        help="Notebooks run at the same time here. [default: one for each core]",
    )(decorated)


def language(decorated: Decorated) -> Decorated:
    """Add ``--language``: the language in which results are worded."""
    return click.option(
        "-l",
        "--language",
        type=click.Choice(["da", "en"]),
        default="en",
        show_default=True,
        help="Language of what is shown.",
    )(decorated)


def country(decorated: Decorated) -> Decorated:
    """Add ``--country``: three capital letters."""
    return click.option(
        "-c", "--country", metavar="ISO3", help="Three capital letters, such as SWE."
    )(decorated)


def evaluation(decorated: Decorated) -> Decorated:
    """Add the argument EVALUATION; left out, it is the default evaluation."""
    return click.argument("evaluation", required=False, shell_complete=_evaluations)(decorated)


def of_evaluation(decorated: Decorated) -> Decorated:
    """Add ``--evaluation``; left out, it is the default evaluation."""
    return click.option(
        "-e",
        "--evaluation",
        metavar="EVALUATION",
        shell_complete=_evaluations,
        help="The folder below outputs/ to read. [default: the default evaluation]",
    )(decorated)


def notebook(decorated: Decorated) -> Decorated:
    """Add the argument NOTEBOOK: a name in notebooks/, without .ipynb."""
    return click.argument("notebook", shell_complete=_notebooks)(decorated)


def chosen(places: Places, evaluation: str | None) -> str:
    """Return the evaluation named, or the default one."""
    from analysis import evaluations

    return evaluation or evaluations.default(places)


def _assignments(
    ctx: click.Context, option: click.Parameter, given: tuple[str, ...]
) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not (equals and name and value):
            raise click.BadParameter("write NAME=VALUE, such as country=SWE", ctx, option)
        if name in found:
            raise click.BadParameter(f"{name} is given twice; give it once", ctx, option)
        found[name] = value
    return found


def _evaluations(
    ctx: click.Context, option: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    return _files(incomplete, lambda places: places.evaluations.glob("*.yml"))


def _notebooks(
    ctx: click.Context, option: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    return _files(incomplete, lambda places: places.notebooks.glob("*.ipynb"))


def _files(incomplete: str, listed: Callable[[Places], Iterable[Any]]) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    try:
        stems = sorted(path.stem for path in listed(find_places()))
    except AnalysisError:  # outside a workbench there is nothing to complete
        return []
    return [CompletionItem(stem) for stem in stems if stem.startswith(incomplete)]


def invented(decorated: Decorated) -> Decorated:
    """Add ``--seed`` and ``--people``, which say what is drawn of the invented country."""
    people = click.option(
        "--people",
        type=int,
        metavar="N",
        help="True victims.  [default: as data/synthetic/world.yml says]",
    )
    seed = click.option(
        "--seed",
        type=click.IntRange(min=0),
        default=1,
        show_default=True,
        metavar="N",
        help="The same seed gives the same persons.",
    )
    return seed(people(decorated))
