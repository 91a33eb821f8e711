"""`workbench encode`: on a sender's own machine, tokens in the place of names."""

from __future__ import annotations

from pathlib import Path

import click

from analysis.cli.verbs import examples
from analysis.errors import SubmissionError
from analysis.places import find_places

_FILE = click.Path(path_type=Path, dir_okay=False)


@examples(
    "workbench encode persons.csv --sharing-key sharing.key --from syn_d",
    "workbench encode 2008H1.xlsx --sharing-key sharing.key --from syn_d --out sent.xlsx",
)
@click.command("encode")
@click.argument("file", type=_FILE)
@click.option(
    "--sharing-key",
    "key_file",
    type=_FILE,
    metavar="FILE",
    required=True,
    help="The key file that the centre handed over.",
)
@click.option("--from", "organisation", metavar="ORG", required=True, help="Who sends the file.")
@click.option("--form", metavar="FORM", help="Which form, where the file does not say.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where to write.  [default: beside FILE, with -tokens in its name]",
)
def verb(file: Path, key_file: Path, organisation: str, form: str | None, out: Path | None) -> None:
    """Replace names and birth dates in a file by tokens.

    For organisations whose agreement says that no name leaves them. Every other cell stays
    as it is; nothing is sent anywhere, and no cell is ever shown. Keep the key as well as
    the names themselves: whoever has it can try names against tokens made with it.
    """
    places = find_places()
    if not file.is_file():
        raise SubmissionError(f"{file.name}: there is no such file. Name the one to encode.")
    target = out or file.with_name(f"{file.stem}-tokens{file.suffix}")
    if target.exists():
        raise SubmissionError(f"{target.name}: it is there already. Name another with --out.")

    from analysis.contracts.partner.reading import read_forms, read_profiles
    from analysis.flow.encoding_names import encode
    from analysis.vault.tokens import read_sharing_key

    forms = read_forms(places.forms, places.partner_codelists)
    profiles = {
        **read_profiles(places.synthetic / "profiles", forms),
        **read_profiles(places.profiles, forms),
    }
    if organisation not in profiles:
        raise SubmissionError(
            f"--from: there is no sender {organisation!r}. Senders: {', '.join(sorted(profiles))}."
        )
    made = encode(
        file.name,
        file.read_bytes(),
        read_sharing_key(key_file),
        profiles[organisation],
        forms,
        form,
    )
    target.write_bytes(made.content)
    said = ", ".join(f"{field} {count}" for field, count in sorted(made.counts.items()))
    click.echo(f"{target}: tokens in place of {said}. All other cells are as they were.")
    click.echo(f"Send {target.name}. {file.name} still holds the names: it stays with you.")
