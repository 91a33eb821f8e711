"""What stands behind a finding, a source row or a break, worded: labels with their lines."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from analysis.contracts.findings import registration
from analysis.contracts.published import Break, Language, SourceRow, Text
from analysis.contracts.values import Value
from analysis.language import numbers, registrations, words
from analysis.reporting.manuscript.report_input import FindingJson, ReportInput

_YEARLY = " per calendar year"
_NAMED = 3  # publishers that a caption names; more would hide the figure's own words


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a fact, with what it leads to: published rows, a break, an address.

    ``quoted`` marks a source's own words, which stay in the source's language.
    """

    text: str
    rows: tuple[str, ...] = ()
    brk: str = ""
    address: str = ""
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and the lines under it."""

    label: str
    lines: tuple[Line, ...]


def of_finding(found: FindingJson, report: ReportInput, language: Language) -> tuple[Fact, ...]:
    """Word everything that stands behind a finding; what is absent is said to be absent."""
    facts = [
        _fact("grade_label", [_grade(found, report, language)], language),
        _fact("verdict", [words.say(f"findings.verdict_{found['verdict']}", language)], language),
        _fact("estimate", _estimate(found, report, language), language),
        _fact("limits", _limits(found, language) or [_say("no_limits", language)], language),
        _fact("sides", _sides(found, report, language) or [_say("no_sides", language)], language),
        _breaks(found, report, language),
        _contrary(found, language),
        _fact("limitations", [text[language] for text in found["limitations"]], language),
        _fact("protocol", registrations.lines(registration(found["protocol"]), language), language),
        _fact("method", [_method(found["method"], language)], language),
        _fact("assumptions", [text[language] for text in found["assumptions"]], language),
        _fact("basis", [_say(f"basis_{found['basis']}", language)], language),
        _rows(found["rows"], language),
        _fact("id", [found["id"]], language),
        _fact("fingerprint", [found["fingerprint"]], language),
    ]
    return tuple(fact for fact in facts if fact.lines)


def of_row(row: SourceRow, report: ReportInput, language: Language) -> tuple[Fact, ...]:
    """Word a published row as a reader is led to it."""
    address = _linked(row.source_url)
    shown_address = row.source_url or _say("no_address", language)
    quote = Line(row.quote, quoted=True) if row.quote else Line(_say("no_quote", language))
    place = _say("place_line", language, file=row.file, line=row.line)
    facts = [
        _fact("as_printed", [row.as_printed], language),
        _fact("period", [row.period], language),
        Fact(_say("quote", language), (quote,)),
        _fact("publisher", [publisher(row, report, language)], language),
        Fact(_say("address", language), (Line(shown_address, address=address),)),
        _fact("trust", [_say(f"trust_{row.trust}", language)], language),
        _fact("licence", [row.licence], language),
        _fact("conflicts", row.conflicts_with, language),
        _fact("note", [row.note], language),
        _fact("place", [place], language),
    ]
    return tuple(fact for fact in facts if fact.lines)


def of_set(row: SourceRow, report: ReportInput, language: Language) -> tuple[Fact, ...]:
    """Word what is the same behind every row of a set: where it is from, on what terms."""
    shared = replace(row, as_printed="", period="", quote="")
    told = {_say(key, language) for key in ("address", "trust", "licence")}
    file = _fact("place", [row.file], language)
    return (*(fact for fact in of_row(shared, report, language) if fact.label in told), file)


def publisher(row: SourceRow, report: ReportInput, language: Language) -> str:
    """Name who published a row; empty where the record does not say."""
    return _label("publishers", row.publisher, report, language) if row.publisher else ""


def publishers(rows: Sequence[str], report: ReportInput, language: Language) -> str:
    """Name who published rows, as the label of their numbers; at most three by name."""
    several = dict.fromkeys(publisher(report.sources[row], report, language) for row in rows)
    named = [name for name in several if name]
    if not named or len(named) > _NAMED:
        return _say("rows", language)
    key = "source_of" if len(named) == 1 else "sources_of"
    return _say(key, language, publishers="; ".join(named))


def of_break(brk: Break, report: ReportInput, language: Language) -> tuple[Fact, ...]:
    """Word a comparability break; without source and quote it is *unsourced*."""
    unsourced = Line(words.say("values.unsourced", language))
    affects = [
        _say("affects_all", language)
        if code == "*"
        else _label("indicators", code, report, language)
        for code in brk.indicators
    ]
    facts = [
        _fact("flag", [_say(f"flag_{brk.flag}", language)], language),
        _fact("date", [numbers.day(brk.date, language)], language),
        _fact("effect", [sentence(brk.effect.said_in(language))], language),
        _fact("affects", affects, language),
        Fact(
            _say("quote", language), (Line(brk.quote, quoted=True) if brk.sourced else unsourced,)
        ),
        Fact(
            _say("address", language),
            (Line(brk.source_url, address=_linked(brk.source_url)) if brk.sourced else unsourced,),
        ),
    ]
    return tuple(fact for fact in facts if fact.lines)


def _linked(address: str) -> str:
    """Return an address that a browser can follow; a document's name is not one."""
    return address if address.startswith(("http://", "https://")) else ""


def _grade(found: FindingJson, report: ReportInput, language: Language) -> str:
    meaning = report.grades.get(found["grade"])
    return f"{found['grade']}: {meaning.said_in(language)}" if meaning else str(found["grade"])


def _estimate(found: FindingJson, report: ReportInput, language: Language) -> list[str]:
    amount = _value(found["estimate"])
    if not amount.known:
        return [] if found["verdict"] == "described" else [numbers.value(amount, language)]
    unit = _unit(found["unit"], report, language)
    return [_say("estimate_line", language, amount=_written(amount, language), unit=unit)]


def _written(amount: Value, language: Language) -> str:
    low, high = amount.bounds
    if low.is_integer() and (math.isinf(high) or high.is_integer()):
        return numbers.value(amount, language)
    return numbers.span(numbers.ratio(low, language), numbers.ratio(high, language), language)


def _value(plain: Mapping[str, Any]) -> Value:
    # An infinite bound is null in JSON, as is the bound of a silence.
    unbounded = plain["kind"] == "interval" and plain["high"] is None
    return Value(plain["kind"], plain["low"], math.inf if unbounded else plain["high"])


def _limits(found: FindingJson, language: Language) -> list[str]:
    pairs = [found["limits"], *found["other_limits"]]
    return [_pair(pair, language) for pair in pairs if pair]


def _pair(pair: Mapping[str, Any], language: Language) -> str:
    high = math.inf if pair["high"] is None else pair["high"]
    low_words, high_words = numbers.ratio(pair["low"], language), numbers.ratio(high, language)
    level = _say("level", language, level=numbers.percent(pair["level"], language))
    return _say(
        "limits_line",
        language,
        span=numbers.span(low_words, high_words, language),
        level=level,
        method=_method(pair["method"], language),
    )


def _sides(found: FindingJson, report: ReportInput, language: Language) -> list[str]:
    return [_side(side, report, language) for side in found["sides"]]


def _side(side: Mapping[str, Any], report: ReportInput, language: Language) -> str:
    shorts = {plan.id: plan.short.said_in(language) for plan in report.plans}
    line = _say(
        "side_line",
        language,
        years=numbers.years(side["first_year"], side["last_year"], language),
        count=numbers.value(_value(side["count"]), language),
        counted=_unit(side["unit"], report, language),
        exposure=numbers.number(side["exposure"], language, _digits(side["exposure"])),
        unit=_unit(side["exposure_unit"], report, language),
    ).replace("  ", " ")
    if not side["plan"]:
        return line
    plan = words.capital(shorts.get(side["plan"], side["plan"]))
    return _say("side_of_plan", language, plan=plan, line=line)


def _digits(amount: float) -> int:
    return 0 if float(amount).is_integer() else 1


def _breaks(found: FindingJson, report: ReportInput, language: Language) -> Fact:
    lines = []
    for id in found["breaks"]:
        brk = report.breaks[id]
        line = _say(
            "break_line",
            language,
            flag=brk.flag,
            date=numbers.day(brk.date, language),
            what=sentence(brk.what.said_in(language)),
            effect=sentence(brk.effect.said_in(language)),
        )
        lines.append(Line(line, brk=id))
    return Fact(_say("crossed", language), tuple(lines) or (Line(_say("no_breaks", language)),))


def _contrary(found: FindingJson, language: Language) -> Fact:
    lines = tuple(Line(said["text"][language], tuple(said["rows"])) for said in found["contrary"])
    return Fact(_say("contrary", language), lines or (Line(_say("no_contrary", language)),))


def _rows(rows: Sequence[str], language: Language) -> Fact:
    line = Line("", tuple(rows)) if rows else Line(_say("no_rows", language))
    return Fact(_say("rows", language), (line,))


def _fact(label: str, lines: Sequence[str], language: Language) -> Fact:
    return Fact(_say(label, language), tuple(Line(line) for line in lines if line))


def _method(code: str, language: Language) -> str:
    for catalogue in ("findings", "report"):
        try:
            return words.say(f"{catalogue}.method_{code}", language)
        except KeyError:
            continue
    return code.replace("_", " ")


def _unit(code: str, report: ReportInput, language: Language) -> str:
    """Word a unit: of the code list, of the catalogue, or either of them a year."""
    stem = code.removesuffix(_YEARLY)
    if stem != code:
        return _say("unit_yearly", language, unit=_unit(stem, report, language))
    try:
        return _say(f"unit_{code.replace(' ', '_')}", language)
    except KeyError:
        return _label("units", code, report, language)


def _label(kind: str, code: str, report: ReportInput, language: Language) -> str:
    """Word a code of a code list; a code that was not handed over is shown as words."""
    known = report.labels.get((kind, code))
    return known.said_in(language) if known else code.replace("_", " ")


def sentence(text: str) -> str:
    """Begin with a capital and end with exactly one full stop."""
    said = words.capital(text.strip())
    return said if not said or said[-1] in ".?!" else said + "."


def _say(key: str, language: Language, **parts: str | int | Text) -> str:
    return words.say(f"report.{key}", language, **parts)
