"""Files of forms, code lists and profiles in, their checked shapes out."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, cast, get_args

from analysis.contracts.partner.forms import (
    IDENTITIES,
    Code,
    Field,
    Form,
    Forms,
    Kind,
    LegalLength,
    Rule,
    Unit,
)
from analysis.contracts.partner.profiles import Agreement, Dialect, Duty, Profile
from analysis.contracts.published import Text
from analysis.contracts.strict_yaml import NotYamlError, load
from analysis.errors import DataError

Noted = Callable[[Path], None]
LEGAL_LENGTHS = "legal_lengths.csv"


def read_forms(forms: Path, codelists: Path, *, note: Noted = lambda path: None) -> Forms:
    """Read every form of the folder ``forms`` and every code list of ``codelists``.

    Parameters
    ----------
    forms, codelists : Path
        ``data/forms`` and ``data/codelists/partner``.
    note : callable
        Told of each file before it is read.

    Raises
    ------
    DataError
        If a file breaks its shape, naming file and place.
    """
    codes = {
        path.stem: _codes(path, note)
        for path in sorted(codelists.glob("*.csv"))
        if path.name != LEGAL_LENGTHS
    }
    found = {path.stem: _form(path, codes, note) for path in sorted(forms.glob("*.yml"))}
    if not found:
        raise DataError(f"{forms.name}: it holds no form. Restore data/forms from the repository.")
    return Forms(found, codes, _legal_lengths(codelists / LEGAL_LENGTHS, note))


def read_profiles(
    folder: Path, forms: Forms, *, note: Noted = lambda path: None
) -> dict[str, Profile]:
    """Read every profile of a folder, by organisation.

    Raises
    ------
    DataError
        If a profile breaks its shape, or names a form, field or header that does not exist.
    """
    return {path.stem: _profile(path, forms, note) for path in sorted(folder.glob("*.yml"))}


def _codes(path: Path, note: Noted) -> tuple[Code, ...]:
    note(path)
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(
            Code(
                row["code"],
                Text(row["label_da"], row["label_en"]),
                row["classification"],
                row["valid_from"],
                row["valid_to"],
            )
            for row in csv.DictReader(file)
        )


def _legal_lengths(path: Path, note: Noted) -> tuple[LegalLength, ...]:
    note(path)
    with path.open(encoding="utf-8", newline="") as file, _Shape(path):
        return tuple(
            LegalLength(
                row["right"],
                _day(row["valid_from"]) if row["valid_from"] else date.min,
                _day(row["valid_to"]) if row["valid_to"] else date.max,
                int(row["max_days"]),
                row["source"],
            )
            for row in csv.DictReader(file)
        )


def _form(path: Path, codes: Mapping[str, tuple[Code, ...]], note: Noted) -> Form:
    plain = _load(path, note)
    with _Shape(path):
        columns = tuple(_field(name, one) for name, one in plain["fields"].items())
        form = Form(
            path.stem,
            _one_of(plain["unit"], get_args(Unit)),
            Text(**plain["label"]),
            Text(**plain["about"]),
            columns,
            tuple(plain.get("key", ())),
            tuple(
                Rule(
                    one["name"],
                    one["check"],
                    tuple(one["fields"]),
                    Text(**one["says"]),
                    one.get("query", False),
                )
                for one in plain.get("rules", ())
            ),
            plain.get("repeats", False),
            plain.get("sensitivity", "pseudonymous"),
        )
    named = [*form.key, *(name for rule in form.rules for name in rule.fields)]
    _known(path, "field", named, form.columns)
    lists = [one.of for one in columns if one.kind in ("code", "codes")]
    _known(path, "code list", lists, codes)
    _known(path, "identity", [one.of for one in columns if one.kind == "identity"], IDENTITIES)
    return form


def _field(name: str, plain: Mapping[str, Any]) -> Field:
    return Field(
        name,
        _one_of(plain["kind"], get_args(Kind)),
        Text(**plain["label"]),
        Text(**plain["help"]),
        plain.get("required", False),
        plain.get("of", ""),
    )


def _profile(path: Path, forms: Forms, note: Noted) -> Profile:
    plain = _load(path, note)
    with _Shape(path):
        agreed = plain["agreement"]
        profile = Profile(
            organisation=path.stem,
            name=Text(**plain["name"]),
            kind=plain["kind"],
            language=_one_of(plain["language"], ("da", "en")),
            synthetic=plain["synthetic"],
            agreement=Agreement(
                agreed["id"],
                _day(agreed["first"]),
                _day(agreed["last"]) if agreed.get("last") else None,
                agreed["purpose"],
                agreed["legal_basis"],
                agreed["role"],
                _day(agreed["confirmed"]) if agreed.get("confirmed") else None,
                agreed["delete_after_years"],
                agreed.get("source", ""),
            ),
            dialect=Dialect(**plain.get("dialect", {})),
            identities=_one_of(plain["identities"], ("names", "tokens", "none")),
            forms={
                name: _chosen(forms.forms[name], fields) for name, fields in plain["forms"].items()
            },
            duties=tuple(Duty(**one) for one in plain["duties"]),
            headers=plain.get("headers", {}),
            values=plain.get("values", {}),
            places=tuple(plain.get("places", ())),
        )
    for name, fields in profile.forms.items():
        _known(path, "field", fields, forms.forms[name].columns)
        _known(path, "key field", forms.forms[name].key, fields)
    _known(path, "form", [duty.form for duty in profile.duties], profile.forms)
    every = {field for fields in profile.forms.values() for field in fields}
    _known(path, "field", [*profile.headers.values(), *profile.values], every)
    return profile


def _chosen(form: Form, fields: Any) -> tuple[str, ...]:
    return form.columns if fields == "all" else tuple(fields)


def _load(path: Path, note: Noted) -> dict[str, Any]:
    note(path)
    try:
        plain = load(path.read_text(encoding="utf-8"))
    except NotYamlError as error:
        raise DataError(
            f"{path.name}, line {error.line}: it is no YAML ({error.problem}). Correct the line."
        ) from error
    if not isinstance(plain, dict):
        raise DataError(f"{path.name}: it holds no keys. See data/README.md for its form.")
    return cast("dict[str, Any]", plain)


class _Shape:
    """Turns what a wrong shape raises into one message that names the file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, KeyError | TypeError | AttributeError | ValueError):
            raise DataError(
                f"{self.path.name}: a key is missing, unknown or of the wrong type "
                f"({type(error).__name__}: {error}). See data/README.md for its form."
            ) from error


def _one_of(value: Any, allowed: Iterable[str]) -> Any:
    if value not in allowed:
        raise ValueError(f"{value!r} is none of {', '.join(allowed)}")
    return value


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _known(path: Path, what: str, named: Iterable[str], known: Iterable[str]) -> None:
    unknown = sorted(set(named) - set(known))
    if unknown:
        raise DataError(
            f"{path.name}: {len(unknown)} times it names a {what} that does not exist "
            f"({', '.join(unknown)}). Correct the name, or add it where it belongs."
        )
