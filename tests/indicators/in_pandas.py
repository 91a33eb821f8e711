"""Definitions computed a second time, in plain pandas and one by one: the reference of the tests.

Shares nothing with the compiler but the definitions. Conditions are looked up row by column;
persons are joined by pseudonym; each stratum is a groupby of its own. Draw 0 only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from analysis.contracts.partner.cases import Cases
from analysis.contracts.partner.forms import Forms
from analysis.indicators import Definition, Definitions, Window
from analysis.indicators.model import First

Series = Any
Frame = Any
_PERSON = ("sex", "group", "age_group", "citizenship_group", "purpose_group", "identified_body")


class InPandas:
    """Cases as pandas frames, and the definitions on them."""

    def __init__(self, cases: Cases, definitions: Definitions, forms: Forms) -> None:
        self.groups, self.as_of = definitions.groups, pd.Timestamp(cases.as_of)
        self.tables = {
            name: _frame(table) for name, table in cases.tables.items() if name != "links"
        }
        self._derive(forms)

    def counts(
        self, one: Definition, windows: tuple[Window, ...], stratum: str = ""
    ) -> dict[tuple[str, str], tuple[float, float]]:
        """Return part and whole by period and code of one stratum; counts, shares and means."""
        base = self.tables[one.count.table]
        if stratum and stratum not in base.columns:
            people = self.tables["persons"][["pseudonym", *_PERSON]]
            base = base.merge(people, on="pseudonym", how="left", suffixes=("", "_of_person"))
        part = self.holds(base, one.count.where)
        whole = part if one.whole is None else self.holds(base, one.whole.where)
        if one.whole is not None and not one.count.sum:
            part = part & whole
        if one.rule == "mean":
            whole = part = part & base[one.mean].notna() & base[one.weight].notna()
        found = {}
        for window in windows:
            day = base[one.count.period]
            inside = (day >= pd.Timestamp(window.first)) & (day <= pd.Timestamp(window.last))
            label = base[stratum].map(_text) if stratum else pd.Series("all", index=base.index)
            for code in label[inside].unique():
                here = inside & (label == code)
                found[window.label, str(code)] = (
                    self._measured(base[here & part], one, part=True),
                    self._measured(base[here & whole], one, part=False),
                )
        return found

    def by_year(self, one: Definition) -> dict[int, tuple[float, float]]:
        """Return part and whole by calendar year, each by one plain groupby."""
        base = self.tables[one.count.table]
        year = base[one.count.period].dt.year
        part = self.holds(base, one.count.where)
        if one.whole is None:
            whole = part
        else:
            whole = self.holds(base, one.whole.where)
            part = part if one.count.sum else part & whole
        if one.rule == "mean":
            whole = part = part & base[one.mean].notna() & base[one.weight].notna()
        parts = self._grouped(base[part], year[part], one, part=True)
        wholes = self._grouped(base[whole], year[whole], one, part=False)
        return {
            int(key): (float(parts.get(key, 0)), float(wholes.get(key, 0)))
            for key in year.dropna().unique()
        }

    def _grouped(self, rows: Frame, year: Series, one: Definition, *, part: bool) -> Series:
        count = one.count if part or one.whole is None else one.whole
        if one.rule == "mean":
            weight = rows[one.weight].astype(float)
            return (rows[one.mean] * weight if part else weight).groupby(year).sum()
        if count.sum:
            return rows[list(count.sum)].sum(axis=1).groupby(year).sum()
        if count.unique and count.table != "persons":
            name = "pseudonym" if count.unique == "person" else count.unique
            return rows[name].groupby(year).nunique()
        return rows.groupby(year).size()

    def medians(self, one: Definition) -> dict[int, tuple[int, int]]:
        """Return spells and ends by year of a median, and estimate it as the workbench does."""
        from analysis.methods import survival

        base = self.tables[one.count.table]
        assert one.days is not None
        start, end = base[one.days.start], self._day(base, one.days.end)
        stop = pd.Series(self.as_of, index=base.index)
        for until in one.days.until:
            stop = stop.where(~(self._day(base, until) < stop), self._day(base, until))
        held = self.holds(base, one.count.where) & start.notna() & (start <= self.as_of)
        ended = end.notna() & (end <= stop)
        days = (end.where(ended, stop) - start).dt.days.clip(lower=0)
        rows = pd.DataFrame({"year": start.dt.year, "days": days, "ended": ended})[held]
        found = {}
        for year, of_year in rows.groupby("year"):
            if of_year.ended.any():
                survival.quantile(survival.kaplan_meier(of_year.days, of_year.ended))
            found[int(year)] = (len(of_year), int(of_year.ended.sum()))
        return found

    def median(self, one: Definition, window: Window) -> tuple[int, int, float]:
        """Return spells, ends and the median by the product-limit formula, written out."""
        base = self.tables[one.count.table].reset_index(drop=True)
        assert one.days is not None
        day = base[one.count.period]
        held = self.holds(base, one.count.where) & base[one.days.start].notna()
        held &= (day >= pd.Timestamp(window.first)) & (day <= pd.Timestamp(window.last))
        start, end = base[one.days.start], self._day(base, one.days.end)
        stop = pd.Series(self.as_of, index=base.index)
        for until in one.days.until:
            stop = stop.where(~(self._day(base, until) < stop), self._day(base, until))
        held &= start <= self.as_of
        ended = end.notna() & (end <= stop)
        days = (end.where(ended, stop) - start).dt.days.clip(lower=0)[held]
        ended = ended[held]
        survival, level = 1.0, None
        for step in sorted(days[ended].unique()):
            if level is not None:  # the curve ran level at one half: the middle of that stretch
                return len(days), int(ended.sum()), (level + float(step)) / 2
            survival *= 1 - ((days == step) & ended).sum() / (days >= step).sum()
            if abs(survival - 0.5) < 1e-9:
                level = float(step)
            elif survival < 0.5:
                return len(days), int(ended.sum()), float(step)
        return len(days), int(ended.sum()), float("inf") if level is None else level

    def holds(self, base: Frame, where: Mapping[str, Any]) -> Series:
        """Return True where the condition holds, False where it does not or is not known."""
        return self._three(base, where).fillna(False).astype(bool)

    def _measured(self, rows: Frame, one: Definition, *, part: bool) -> float:
        count = one.count if part or one.whole is None else one.whole
        if one.rule == "mean":
            weight = rows[one.weight].astype(float)
            return float((rows[one.mean] * weight).sum() if part else weight.sum())
        if count.sum:
            return float(rows[list(count.sum)].sum().sum())
        if count.unique:
            name = "pseudonym" if count.unique == "person" else count.unique
            return float(rows[name].nunique())
        return float(len(rows))

    def _three(self, base: Frame, where: Mapping[str, Any]) -> Series:
        held = pd.Series(True, index=base.index, dtype="boolean")
        for key, wanted in where.items():
            held = held & self._one(base, key, wanted)
        return held

    def _one(self, base: Frame, key: str, wanted: Any) -> Series:
        if key in ("known", "unknown"):
            parts = [base[name].notna() if key == "known" else base[name].isna() for name in wanted]
            return pd.concat(parts, axis=1).all(axis=1).astype("boolean")
        if key == "any":
            parts = [self._three(base, one) for one in wanted]
            held = parts[0]
            for part in parts[1:]:
                held = held | part
            return held
        if key == "not":
            return ~self._three(base, wanted)
        if key in ("at_least", "at_most", "exceeds"):
            ((name, limit),) = wanted.items()
            other = base[limit] if key == "exceeds" else limit
            number = base[name]
            held = {"at_least": number >= other, "at_most": number <= other,
                    "exceeds": number > other}[key]  # fmt: skip
            known = number.notna() & (base[limit].notna() if key == "exceeds" else True)
            return held.astype("boolean").where(known, pd.NA)
        if key == "within":
            begin, end = base[wanted["from"]], base[wanted["to"]]
            gap = (end - begin).dt.days
            return (
                ((gap >= 0) & (gap <= wanted["days"])).astype("boolean").where(gap.notna(), pd.NA)
            )
        if key == "has":
            return self._has(base, wanted)
        if key == "includes":
            ((name, code),) = wanted.items()
            codes = base[name].str.split(";")
            return codes.map(lambda one: code in one, na_action="ignore").astype("boolean")
        listed = wanted if isinstance(wanted, list) else [wanted]
        return base[key].isin(listed).astype("boolean").where(base[key].notna(), pd.NA)

    def _has(self, base: Frame, wanted: Mapping[str, Any]) -> Series:
        rows = self.tables[wanted["form"]]
        rows = rows[self.holds(rows, wanted.get("where", {}))]
        by = ("pseudonym", "pseudonym") if "pseudonym" in rows else ("case_group", "case")
        limit = wanted.get("after") or wanted.get("before")
        if limit:
            days = base[[by[0], limit]].assign(row=base.index)
            both = days.merge(rows[[by[1], wanted["date"]]], left_on=by[0], right_on=by[1])
            gap = (both[wanted["date"]] - both[limit]).dt.days
            far = wanted.get("within_days", 0 if "before" in wanted else np.inf)
            near = gap <= far if "before" in wanted else (gap >= 0) & (gap <= far)
            return base.index.to_series().isin(both["row"][near]).astype("boolean")
        return (base[by[0]].isin(rows[by[1]]) & base[by[0]].notna()).astype("boolean")

    def _day(self, base: Frame, day: str | First) -> Series:
        if isinstance(day, str):
            return base[day]
        rows = self.tables[day.form]
        first = rows[self.holds(rows, day.where)].groupby("pseudonym")[day.date].min()
        return base["pseudonym"].map(first)

    def _derive(self, forms: Forms) -> None:
        people = self.tables["persons"]
        people["registered_on"] = people[["presumed_on", "identified_on"]].min(axis=1)
        seen = people[["presumed_on", "identified_on", "first_contact_on"]].min(axis=1)
        people["group"] = [
            None if child is pd.NA or child is None or child != child
            else "children" if child else {"female": "women", "male": "men"}.get(sex)
            for child, sex in zip(people.child, people.sex, strict=True)
        ]  # fmt: skip
        people["age_group"] = people.child.map({True: "child", False: "adult"})
        people["citizenship_group"] = [
            None if not isinstance(country, str) else self._citizenship(country, day)
            for country, day in zip(people.citizenship, seen, strict=True)
        ]
        people["purpose_group"] = [
            None if not isinstance(one, str) else "several" if ";" in one
            else {"sexual": "sexual", "forced_labour": "labour"}.get(one, "other")
            for one in people.purposes
        ]  # fmt: skip
        if "places" in self.tables:
            places = self.tables["places"]
            places["capacity"] = places.places * places.month.dt.days_in_month
        if "trainings" in self.tables:
            trainings = self.tables["trainings"]
            trainings["score_change"] = trainings.score_after - trainings.score_before
        if "assessments" in self.tables:
            self.tables["assessments"]["assessed_as"] = self.tables["assessments"]["status"]
        if "rights" in self.tables:
            rights = self.tables["rights"]
            rights["legal_days"] = [
                _legal(forms, right, day)
                for right, day in zip(rights.right, rights.decided_on, strict=True)
            ]

    def _citizenship(self, country: str, day: Any) -> str:
        if country == self.groups.national:
            return "national"
        first, last = self.groups.eu.get(country, (None, None))
        return "eu" if first and first <= day.date() <= last else "other"


def _frame(table: Any) -> Frame:
    frame = table.to_pandas(date_as_object=False)
    for name in frame.columns:
        if frame[name].dtype == object and set(frame[name].dropna().unique()) <= {True, False}:
            frame[name] = frame[name].astype("boolean")
    return frame


def _legal(forms: Forms, right: str, day: Any) -> float:
    for one in forms.legal_lengths:
        if one.right == right and one.first <= day.date() <= one.last:
            return one.max_days
    return np.nan


def _text(value: Any) -> str:
    if value is None or value is pd.NA or value != value:
        return "not_known"
    return str(value).lower() if isinstance(value, bool | np.bool_) else str(value)
