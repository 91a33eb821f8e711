"""`workbench doctor`: what a build needs, and whether it is here."""

from __future__ import annotations

import click

from analysis.cli import options, printing
from analysis.cli.verbs import examples
from analysis.errors import AnalysisError
from analysis.places import find_places


@examples(
    "workbench doctor",
    "workbench doctor --json",
)
@click.command("doctor")
@options.as_json
def verb(as_json: bool) -> None:
    """Check that what a build needs is here.

    Looks at Python, packages, kernel, disk, record, evaluations and notebooks. Names
    each remedy; the exit code is 2 if something is missing.
    """
    places = find_places()

    from analysis import doctor

    checks = doctor.doctor(places)
    if as_json:
        printing.as_json(checks)
    else:
        for check in checks:
            mark = "ok     " if check["ok"] else "missing"
            remedy = "" if check["ok"] else f" {check['remedy']}"
            click.echo(f"{mark}  {check['check']}: {check['detail']}{remedy}")
    bad = sum(not check["ok"] for check in checks)
    if bad:
        raise AnalysisError(
            f"doctor: {bad} of {len(checks)} checks failed. Follow the remedies above."
        )
