"""`workbench estimate`: lists of who found whom in, how many there may be in all out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

import click

from analysis.cli import options, printing
from analysis.cli.verbs import Verbs, examples
from analysis.errors import MethodError

if TYPE_CHECKING:
    from analysis.methods.population_size import PopulationEstimate

Asked = Literal["stepwise", "bic", "main", "average", "latent_class", "decomposable"]
ALL = "all"
_COLUMNS = ("method", "estimate", "low", "high", "unseen", "limits", "lists that go together")
_QUICK: tuple[Asked, ...] = ("main", "stepwise", "bic", "decomposable")
_NO_GROUPS = {"latent_class": "by class of case"}


@examples(
    "workbench estimate population lists.csv",
    "workbench estimate population lists.csv --method all",
)
@click.group("estimate", cls=Verbs)
def verb() -> None:
    """Estimate what was not counted."""


@examples(
    "workbench estimate population lists.csv",
    "workbench estimate population lists.csv --method bic --bootstrap 2000 --seed 7",
    "workbench estimate population lists.csv --method all",
    "workbench estimate population lists.csv --json",
)
@verb.command("population")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--method",
    type=click.Choice([*get_args(Asked), ALL]),
    default="stepwise",
    show_default=True,
    metavar="NAME",
    help=f"One of {', '.join(get_args(Asked))}; {ALL}: each of them, and whether they agree.",
)
@click.option(
    "--threshold",
    type=float,
    default=0.02,
    show_default=True,
    metavar="P",
    help="Stepwise: lists go together below this p-value.",
)
@click.option(
    "--max-order",
    type=click.IntRange(min=1),
    default=2,
    show_default=True,
    metavar="N",
    help="bic, average: so many lists may go together.",
)
@click.option(
    "--bootstrap",
    type=click.IntRange(min=0),
    default=1000,
    show_default=True,
    metavar="N",
    help="Resamples for the limits; 0: limits given the model, which are too narrow.",
)
@click.option(
    "--level",
    type=float,
    default=0.95,
    show_default=True,
    metavar="L",
    help="Confidence level of the limits.",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    metavar="N",
    help="What draws the resamples: the same seed, the same limits.",
)
@click.option(
    "--add-up",
    is_flag=True,
    help="Add up rows that repeat a combination of lists, instead of refusing them.",
)
@options.as_json
def population(
    file: Path, method: str, add_up: bool, seed: int, as_json: bool, **settings: Any
) -> None:
    """Estimate how many people there are, from lists that overlap.

    FILE is a table as CSV (commas, semicolons or tabs): one column for each list, with 1
    where the case is on it and 0 where it is not, and a last column `count`. Without `count`
    each row is one case. At least three lists are needed to let lists depend on each other.

    Where no honest estimate exists, the reason is printed and the exit code is 2. Nobody
    on none of the lists is in the file: the estimate rests on what it takes to be true of
    them, so look at more than one method.
    """
    from analysis.methods import population_size

    lists = population_size.read_lists(file, repeated="add" if add_up else "refuse")
    settings["rng"] = seed
    if method == ALL:
        _all(lists, settings, as_json)
        return
    try:
        found = population_size.estimate(lists, method=cast("Asked", method), **settings)
    except MethodError as error:
        if as_json:
            printing.as_json(_refused(lists, method, error))
        raise
    if as_json:
        printing.as_json(_plain(found))
    else:
        _show(found, lists)


def _all(lists: Any, settings: Mapping[str, Any], as_json: bool) -> None:
    from analysis.methods import population_size

    found: list[PopulationEstimate] = []
    refused: dict[str, MethodError] = {}
    for method in get_args(Asked):
        try:
            found.append(population_size.estimate(lists, method=method, **settings))
        except MethodError as error:
            refused[method] = error
    if as_json:
        printing.as_json(
            [_plain(each) for each in found]
            + [_refused(lists, method, refusal) for method, refusal in refused.items()]
        )
    if not found:
        raise next(iter(refused.values()))
    if not as_json:
        printing.as_table([_line(each) for each in found], _COLUMNS)
        for method, refusal in refused.items():
            click.echo(f"{method} refused. {refusal}")
        _compare(found)


def _compare(found: Sequence[PopulationEstimate]) -> None:
    """Say whether methods agree; one that stands alone can neither agree nor disagree."""
    from analysis.methods import population_size

    if len(found) == 1:
        click.echo("No other method has an estimate, so nothing speaks for this one but itself.")
        return
    spread = population_size.spread(found)
    low, high = _whole(spread.lowest), _whole(spread.highest)
    apart = f"from {low} to {high}, a factor of {spread.ratio:.1f}"
    if spread.agrees:
        click.echo(f"The methods agree within a factor of {spread.factor:g}: {apart}.")
    else:
        click.echo(
            f"The methods disagree by more than a factor of {spread.factor:g}: {apart}. "
            "Report this range, and not one number."
        )


def _show(found: PopulationEstimate, lists: Any) -> None:
    line = _line(found)
    about = {
        "seen": f"{found.n} cases on {lists.shape[1] - 1} lists",
        "estimate": f"{line['estimate']} ({line['low']} to {line['high']}, {found.level:.0%})",
        "not seen": line["unseen"],
        "method": found.method,
        "limits": line["limits"],
        "go together": line["lists that go together"],
    }
    printing.as_fields(about)
    others = _others(found, lists)
    told = [f"{each.method} {_whole(each.estimate)}" for each in others]
    printing.as_fields({"others": told})
    _compare([found, *others])


def _others(found: PopulationEstimate, lists: Any) -> list[PopulationEstimate]:
    """Estimate by the other methods that are quick where no limits are asked of them."""
    from analysis.methods import population_size

    others = []
    for method in _QUICK:
        if method == found.method:
            continue
        with suppress(MethodError):  # a method without an estimate is no comparison
            others.append(population_size.estimate(lists, method=method, bootstrap=0))
    return others


def _line(found: PopulationEstimate) -> dict[str, str]:
    high = "no upper limit" if math.isinf(found.high) else _whole(found.high)
    cells = (
        found.method,
        _whole(found.estimate),
        _whole(found.low),
        high,
        _whole(found.hidden),
        _limits(found),
        _NO_GROUPS.get(found.method)
        or ", ".join("+".join(group) for group in found.model)
        or "none",
    )
    return dict(zip(_COLUMNS, cells, strict=True))


def _limits(found: PopulationEstimate) -> str:
    interval, chosen = found.diagnostics.interval, found.method != "main"
    if interval == "given the model":
        return "too narrow: the model is taken as known" if chosen else "normal"
    if interval == "bca":
        return "bootstrap, model chosen anew each time" if chosen else "bootstrap"
    return "posterior"


def _plain(found: PopulationEstimate) -> dict[str, Any]:
    """Return an estimate as JSON can hold it: a limit that is infinite becomes null."""
    return {
        field.name: _finite(getattr(found, field.name))
        for field in fields(found)
        if field.name != "diagnostics"
    } | {"diagnostics": {k: _finite(v) for k, v in asdict(found.diagnostics).items()}}


def _refused(lists: Any, method: str, error: MethodError) -> dict[str, Any]:
    nothing = dict.fromkeys(("estimate", "low", "high", "hidden"))
    return nothing | {
        "n": int(lists["count"].sum()),
        "method": method,
        "model": None,
        "existence": getattr(error, "existence", None),
        "refused": str(error),
    }


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _whole(number: float) -> str:
    return f"{number:,.0f}"
