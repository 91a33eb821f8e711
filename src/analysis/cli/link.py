"""`workbench link`: which records of all senders are one person, with review by people."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analysis.cli import options, printing
from analysis.cli.vaults import Vault, folders
from analysis.cli.verbs import examples
from analysis.places import Places, find_places

if TYPE_CHECKING:
    from analysis.cases import LinkReport
    from analysis.contracts.partner.profiles import Profile


@examples(
    "workbench link",
    "workbench link --review-out to-review.csv",
    "workbench link --review to-review.csv",
)
@click.command("link")
@click.option(
    "--review",
    "reviewed",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Read verdicts from a file that --review-out wrote, first.",
)
@click.option(
    "--review-out",
    "review_out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the pairs to review, and beside it one list for each sender.",
)
@folders
@options.as_json
def verb(reviewed: Path | None, review_out: Path | None, vault: Vault, as_json: bool) -> None:
    """Find the records that are one person.

    Pairs above data/linkage.yml's match_at count as one person; those from review_from up
    are for people to decide. Names are not seen: tokens are compared. Pseudonyms stay from
    run to run; what merged or split is noted in the store.
    """
    places = find_places()
    today = date.today()

    from analysis import cases
    from analysis.cases import review
    from analysis.vault.store import writing

    rules = cases.read_rules(places.linkage)
    with writing(vault.store, vault.store_key()) as store:
        read = review.read(store, reviewed, on=today) if reviewed else 0
        report = cases.link(store, rules, on=today)
        written = review.write(store, review_out, _profiles(places)) if review_out else ()
    if as_json:
        printing.as_json({**asdict(report), "read": read, "written": [str(p) for p in written]})
        return
    if reviewed:
        click.echo(f"{reviewed.name}: {read} verdicts read.")
    _tell(report)
    for path in written:
        click.echo(f"Written: {path}")


def _profiles(places: Places) -> dict[str, Profile]:
    from analysis.contracts.partner.reading import read_forms, read_profiles

    forms = read_forms(places.forms, places.partner_codelists)
    invented = read_profiles(places.synthetic / "profiles", forms)
    return {**invented, **read_profiles(places.profiles, forms)}


def _tell(report: LinkReport) -> None:
    counts = asdict(report)
    left_out = counts.pop("left_out")
    printing.as_fields({name: str(value) for name, value in counts.items()})
    for columns in left_out:
        click.echo(f"Not compared, too many pairs: {', '.join(columns)}")
    if report.band:
        click.echo(
            f"{report.band} pairs are in doubt: workbench link --review-out FILE.csv writes them."
        )
