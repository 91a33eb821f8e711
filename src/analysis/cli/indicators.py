"""`workbench indicators`: definitions listed, shown, computed on the store, compared."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from analysis.cli import options, printing
from analysis.cli.vaults import Vault, folders
from analysis.cli.verbs import Verbs, examples
from analysis.errors import IndicatorError, ParameterError
from analysis.places import Places, find_places

if TYPE_CHECKING:
    from analysis.contracts.partner.cases import Basis, Cases
    from analysis.contracts.published import Language
    from analysis.indicators import Definition, Definitions, Result, Window

Decorated = TypeVar("Decorated", bound=Callable[..., Any])
_SHOWN = ("period", "value", "low", "high", "n", "status", "missing")
_INVENTED = "SYNTHETIC: nobody counted here exists."
_AGGREGATE = (
    "Aggregates, with small counts among them (sensitivity: aggregate). Publish none of them "
    "before the disclosure policy has been applied."
)


@examples(
    "workbench indicators list",
    "workbench indicators show victims.registered",
    "workbench indicators compute victims.identified --by group --synthetic",
    "workbench indicators compare victims.registered@1 victims.registered@2 --synthetic",
)
@click.group("indicators", cls=Verbs)
def verb() -> None:
    """Read, compute and compare what is counted."""


@examples(
    "workbench indicators list",
    "workbench indicators list -l da",
    "workbench indicators list --json",
)
@verb.command("list")
@options.language
@options.as_json
def list_(language: Language, as_json: bool) -> None:
    """List every indicator in its newest version, with unit and rule."""
    known = _definitions(find_places())
    found = [_summary(known.get(id)) for id in known.ids]
    if as_json:
        printing.as_json(found)
        return
    lines = [{**one, "name": one["name"][language]} for one in found]
    printing.as_table(lines, ("id", "version", "rule", "unit", "shows", "goal", "name"))


@examples("workbench indicators show victims.registered", "workbench indicators show ID@1 -l da")
@verb.command("show")
@click.argument("id")
@options.language
@options.as_json
def show(id: str, language: Language, as_json: bool) -> None:
    """Show one definition: what it counts, of what, by when."""
    from analysis.contracts.published import Text

    known = _definitions(find_places())
    one = known.get(id)
    versions = [each.label for each in known.versions(one.id)]
    if as_json:
        printing.as_json({**dict(one.plain), "versions": versions})
        return
    told: dict[str, Any] = {"id": one.label}
    for name, value in one.plain.items():
        if name in ("name", "about"):
            told[name] = Text(**value).said_in(language)
        elif name == "notes":
            told[name] = " ".join(Text(**note).said_in(language) for note in value)
        elif name not in ("id", "version"):
            told[name] = _written(value)
    printing.as_fields({**told, "versions": versions})


def _asked(decorated: Decorated) -> Decorated:
    """Add ``--years``, ``--by`` and ``--as-of``."""
    for option in (
        click.option(
            "--as-of",
            type=click.DateTime(["%Y-%m-%d"]),
            metavar="DAY",
            help="What was received later does not count.  [default: today]",
        ),
        click.option(
            "--by",
            multiple=True,
            metavar="STRATUM",
            help="Divide by this; sex,age_group divides by both at once.",
        ),
        click.option(
            "--years",
            metavar="FIRST-LAST",
            help="Calendar years.  [default: all for which something was owed]",
        ),
    ):
        decorated = option(decorated)
    return decorated


@examples(
    "workbench indicators compute --synthetic",
    "workbench indicators compute victims.identified --by group --years 2007-2010",
    "workbench indicators compute --out outputs/indicators.csv",
)
@verb.command("compute")
@click.argument("ids", nargs=-1, metavar="[ID...]")
@_asked
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write CSV, below outputs/ only.",
)
@folders
@options.as_json
def compute(
    ids: tuple[str, ...],
    years: str | None,
    by: tuple[str, ...],
    as_of: datetime | None,
    out: Path | None,
    vault: Vault,
    as_json: bool,
) -> None:
    """Compute indicators on what partners submitted.

    What an organisation owed and did not send makes a figure partly_submitted or
    not_submitted, and names it; 0 means that none is known.
    """
    places = find_places()
    written = _below_outputs(places, out, vault) if out else None
    known, cases = _definitions(places), _cases(places, vault, as_of)

    from analysis import indicators

    found = indicators.compute(
        cases, known, periods=_windows(cases, years), ids=ids or None, strata=_strata(by)
    )
    if written:
        written.parent.mkdir(parents=True, exist_ok=True)
        _stamped(found).to_csv(written, index=False)
    if as_json:
        printing.as_json(_plain(found))
        return
    _warn(cases)
    columns = ("indicator", *found.strata, *_SHOWN)
    printing.as_table(_lines(found.frame), columns)
    if written:
        click.echo(f"Written: {written}", err=True)


@examples(
    "workbench indicators compare victims.registered@1 victims.registered@2 --synthetic",
    "workbench indicators compare ID@1 ID@2 --by sex --json",
)
@verb.command("compare")
@click.argument("before", metavar="ID@1")
@click.argument("after", metavar="ID@2")
@_asked
@folders
@options.as_json
def compare(
    before: str,
    after: str,
    years: str | None,
    by: tuple[str, ...],
    as_of: datetime | None,
    vault: Vault,
    as_json: bool,
) -> None:
    """Show where two versions differ, and by how much."""
    places = find_places()
    known, cases = _definitions(places), _cases(places, vault, as_of)

    from analysis import indicators

    found = indicators.compare(
        cases, known, before, after, periods=_windows(cases, years), strata=_strata(by)
    )
    changed = [
        {"definition": one.where, "before": one.before, "after": one.after} for one in found.changed
    ]
    lines = _lines(found.frame)
    if as_json:
        printing.as_json({"basis": cases.basis, "changed": changed, "figures": lines})
        return
    _warn(cases)
    printing.as_table(changed, ("definition", "before", "after"))
    click.echo()
    printing.as_table(lines, tuple(found.frame.columns))


def _definitions(places: Places) -> Definitions:
    from analysis.indicators import read_definitions

    return read_definitions(places.indicators)


def _summary(one: Definition) -> dict[str, Any]:
    return {
        "id": one.id,
        "version": one.version,
        "rule": one.rule,
        "unit": one.unit,
        "shows": one.shows,
        "goal": one.goal,
        "by": list(one.by),
        "needs": list(one.needs),
        "valid_from": one.valid_from.isoformat(),
        "name": {"da": one.name.da, "en": one.name.en},
    }


def _written(value: Any) -> Any:
    """Write a part of a definition in one line."""
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_written(inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return "; ".join(f"{_written(inner)}" for inner in value)
    return value


def _cases(places: Places, vault: Vault, as_of: datetime | None) -> Cases:
    """Open the cases of the store; without one, nothing was submitted and everything is owed."""
    from analysis.contracts.partner.reading import read_forms, read_profiles
    from analysis.vault.store import FILE, reading

    forms = read_forms(places.forms, places.partner_codelists)
    invented = vault.store.resolve().is_relative_to(places.rehearsal.resolve())
    folder = places.synthetic / "profiles" if invented else places.profiles
    profiles = read_profiles(folder, forms)
    day = as_of.date() if as_of else date.today()
    basis: Basis = "synthetic" if invented else "submitted"
    if not (vault.store / FILE).exists():
        from analysis.indicators import nothing_submitted

        first = min((one.agreement.first for one in profiles.values()), default=day)
        return nothing_submitted(profiles, first=first, as_of=day, basis=basis)
    from analysis import cases

    with reading(vault.store, vault.store_key()) as store:
        return cases.open_cases(store, profiles, forms, as_of=day, basis=basis)


def _windows(cases: Cases, given: str | None) -> tuple[Window, ...]:
    from analysis.contracts.partner.periods import period
    from analysis.indicators import years

    if given is None:
        owed = {period(text).first.year for text in cases.expected["period"].to_pylist()}
        owed = owed or {cases.as_of.year}
        return years(min(owed), max(owed))
    first, dash, last = given.partition("-")
    numbers = [first, last] if dash else [first, first]
    if not all(one.isdigit() and len(one) == 4 for one in numbers) or numbers[0] > numbers[1]:
        raise ParameterError("--years: this is no span of years. Write 2007 or 2003-2012.")
    return years(int(numbers[0]), int(numbers[1]))


def _strata(by: tuple[str, ...]) -> list[str | tuple[str, ...]]:
    return [tuple(one.split(",")) if "," in one else one for one in by]


def _below_outputs(places: Places, out: Path, vault: Vault) -> Path:
    """Return where to write; the name says so where the figures are invented."""
    path = out.resolve()
    if not path.is_relative_to(places.outputs.resolve()):
        raise IndicatorError(
            "indicators: --out lies outside outputs/, where nothing guards small counts. "
            "Name a file below outputs/."
        )
    invented = vault.store.resolve().is_relative_to(places.rehearsal.resolve())
    if invented and not path.name.startswith("synthetic-"):
        path = path.with_name(f"synthetic-{path.name}")
    return path


def _stamped(found: Result) -> Any:
    return found.frame.assign(
        basis=found.basis, as_of=found.as_of.isoformat(), sensitivity=found.sensitivity
    )


def _plain(found: Result) -> dict[str, Any]:
    return {
        "basis": found.basis,
        "as_of": found.as_of.isoformat(),
        "sensitivity": found.sensitivity,
        "draws": found.draws,
        "figures": _lines(found.frame, texts=False),
    }


def _lines(frame: Any, *, texts: bool = True) -> list[dict[str, Any]]:
    return [
        {name: _figure(value, texts) for name, value in row.items()}
        for row in frame.astype(object).to_dict("records")
    ]


def _figure(value: Any, text: bool) -> Any:
    """Return a value as it is printed: nothing where nothing is known, numbers rounded."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return value
    number = float(value) if value == value and value is not None else math.nan
    if not math.isfinite(number):
        return "" if text else None
    if number == int(number):
        return int(number)
    return round(number, 3) if text else number


def _warn(cases: Cases) -> None:
    if cases.basis == "synthetic":
        click.echo(_INVENTED)
    click.echo(_AGGREGATE, err=True)
