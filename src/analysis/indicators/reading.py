"""Files of definitions in; definitions that compile, every version of each, out."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

from analysis.contracts.partner.forms import Forms
from analysis.contracts.partner.reading import read_forms
from analysis.contracts.published import Text
from analysis.contracts.schemas import validator
from analysis.contracts.strict_yaml import NotYamlError, load
from analysis.errors import IndicatorError
from analysis.indicators.catalogue import Catalogue, catalogue
from analysis.indicators.compiling import compile_definition
from analysis.indicators.model import Count, Days, Definition, Each, First, Groups

GROUPS = "groups.yml"
Noted = Callable[[Path], None]


@dataclass(frozen=True)
class Definitions:
    """Every version of every indicator, the tables that they may name, and the groups."""

    items: tuple[Definition, ...]
    known: Catalogue
    groups: Groups

    @cached_property
    def _by_label(self) -> dict[str, Definition]:
        return {one.label: one for one in self.items}

    @property
    def ids(self) -> tuple[str, ...]:
        """Every id once, in the order of the files."""
        return tuple(dict.fromkeys(one.id for one in self.items))

    def versions(self, id: str) -> tuple[Definition, ...]:
        """Return every version of an indicator, oldest first."""
        return tuple(sorted((one for one in self.items if one.id == id), key=lambda d: d.version))

    def get(self, label: str) -> Definition:
        """Return ``ID@VERSION``, or the newest version of ``ID``.

        Raises
        ------
        IndicatorError
            If there is none; the nearest id is suggested.
        """
        id, _, version = label.partition("@")
        found = self.versions(id)
        if version and label in self._by_label:
            return self._by_label[label]
        if found and not version:
            return found[-1]
        raise IndicatorError(_unknown(label, id, found, self.ids))

    def chosen(
        self, ids: Iterable[str] | None, versions: Mapping[str, int] | None
    ) -> tuple[Definition, ...]:
        """Return the definitions of ``ids`` (or all), in the versions asked for or the newest."""
        pinned = dict(versions or {})
        for id in pinned:
            self.get(f"{id}@{pinned[id]}")
        return tuple(
            self.get(f"{id}@{pinned[id]}" if id in pinned and "@" not in id else id)
            for id in (self.ids if ids is None else ids)
        )


def read_definitions(
    folder: Path, forms: Forms | None = None, *, note: Noted = lambda path: None
) -> Definitions:
    """Read and compile every definition of a folder.

    Parameters
    ----------
    folder : Path
        ``data/indicators``.
    forms : Forms, optional
        The forms of the same workbench; left out, they are read from beside the folder.
    note : callable
        Told of each file before it is read.

    Raises
    ------
    IndicatorError
        If a file breaks its shape, a version is missing or stands twice, or a definition
        does not compile (see `analysis.indicators.compiling`).
    """
    if forms is None:
        beside = folder.parent
        forms = read_forms(beside / "forms", beside / "codelists" / "partner", note=note)
    known = catalogue(forms)
    groups = _groups(_load(folder / GROUPS, note))
    check = validator((files("analysis.indicators") / "indicators.schema.json").read_text("utf-8"))
    items: list[Definition] = []
    for path in sorted(folder.glob("*.yml")):
        if path.name == GROUPS:
            continue
        plain = _load(path, note)
        wrong = sorted(check.iter_errors(plain), key=lambda error: list(error.path))
        if wrong:
            where = ".".join(str(step) for step in wrong[0].path)
            raise IndicatorError(
                f"{path.name}: {len(wrong)} places break the schema, the first at "
                f"{where or 'its top'}. See data/indicators/README.md for the form."
            )
        items += [_definition(one) for one in plain["indicators"]]
    _require_versions(items)
    _require_goals(items, folder.parent / "codelists" / "pillars.csv", note)
    for one in items:
        compile_definition(one, known)
    return Definitions(tuple(items), known, groups)


def definition(plain: Mapping[str, Any]) -> Definition:
    """Return a definition from the plain values of its file, unchecked but for its shape."""
    return _definition(plain)


def _definition(plain: Mapping[str, Any]) -> Definition:
    days, each = plain.get("days"), plain.get("each")
    return Definition(
        id=plain["id"],
        version=plain["version"],
        valid_from=date.fromisoformat(plain["valid_from"]),
        supersedes=plain.get("supersedes", ""),
        name=Text(**plain["name"]),
        about=Text(**plain["about"]),
        goal=plain["goal"],
        shows=plain["shows"],
        unit=plain["unit"],
        rule=plain["rule"],
        count=_count(plain["count"]),
        whole=_count(plain["whole"]) if "whole" in plain else None,
        days=None if days is None else Days(
            days["from"], _day(days["to"]), tuple(_day(one) for one in days.get("until", ()))
        ),
        each=None if each is None else Each(each["field"], each.get("form", "")),
        mean=plain.get("mean", ""),
        weight=plain.get("weight", ""),
        by=tuple(plain.get("by", ())),
        needs=tuple(plain["needs"]),
        follow_days=plain.get("follow_days", 0),
        notes=tuple(Text(**one) for one in plain.get("notes", ())),
        plain=plain,
    )  # fmt: skip


def _count(plain: Mapping[str, Any]) -> Count:
    return Count(
        plain["table"],
        plain["period"],
        plain.get("where", {}),
        plain.get("unique", ""),
        tuple(plain.get("sum", ())),
    )


def _day(plain: Any) -> str | First:
    if isinstance(plain, str):
        return plain
    return First(plain["form"], plain["date"], plain.get("where", {}))


def _groups(plain: Mapping[str, Any]) -> Groups:
    try:
        return Groups(
            plain["national"],
            {
                country: (date.fromisoformat(first), date.fromisoformat(last or "9999-12-31"))
                for country, (first, last) in plain["eu"].items()
            },
            {
                name: {code: Text(**label) for code, label in labels.items()}
                for name, labels in plain["labels"].items()
            },
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise IndicatorError(
            f"{GROUPS}: a key is missing or of the wrong type ({type(error).__name__}). "
            "See data/indicators/README.md for its form."
        ) from error


def _load(path: Path, note: Noted) -> Mapping[str, Any]:
    note(path)
    try:
        plain = load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise IndicatorError(
            f"{path.name}: it does not exist. Restore data/indicators from the repository."
        ) from error
    except NotYamlError as error:
        raise IndicatorError(
            f"{path.name}, line {error.line}: it is no YAML ({error.problem}). Correct the line."
        ) from error
    if not isinstance(plain, dict):
        raise IndicatorError(f"{path.name}: it holds no keys. See data/indicators/README.md.")
    return plain


def _require_versions(items: list[Definition]) -> None:
    labels = [one.label for one in items]
    twice = sorted({label for label in labels if labels.count(label) > 1})
    if twice:
        raise IndicatorError(
            f"{twice[0]}: it stands {labels.count(twice[0])} times. Give a new version its number."
        )
    by_label = {one.label: one for one in items}
    for one in items:
        before = f"{one.id}@{one.version - 1}" if one.version > 1 else ""
        if one.supersedes != before or (before and before not in by_label):
            raise IndicatorError(
                f"{one.label}: it must supersede {before or 'nothing'}, and that version must be "
                "kept. Keep every version; number them from 1."
            )
        if before and by_label[before].valid_from >= one.valid_from:
            raise IndicatorError(
                f"{one.label}: it is valid no later than the version before. Correct valid_from."
            )


def _require_goals(items: list[Definition], path: Path, note: Noted) -> None:
    note(path)
    with path.open(encoding="utf-8", newline="") as file:
        goals = {row["code"] for row in csv.DictReader(file)}
    for one in items:
        if one.goal not in goals:
            raise IndicatorError(
                f"{one.label}: its goal is none of {path.name}. Name one of {sorted(goals)}."
            )


def _unknown(label: str, id: str, found: tuple[Definition, ...], ids: tuple[str, ...]) -> str:
    from difflib import get_close_matches

    if found:
        known = ", ".join(one.label for one in found)
        return f"indicators: {id} has no such version. There are: {known}."
    near = get_close_matches(id, ids, n=1, cutoff=0.4)
    hint = f"Did you mean {near[0]}?" if near else "List them: workbench indicators list"
    return f"indicators: there is none called {label} among {len(ids)}. {hint}"
