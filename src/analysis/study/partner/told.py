"""Opened cases in, the findings that they bear out: each beside the truth where it is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from analysis.contracts.findings import Finding
from analysis.contracts.partner.pictures import Side
from analysis.contracts.published import Break, Text
from analysis.contracts.values import interval, number
from analysis.findings import partner as findings
from analysis.findings.partner import Counted, Told
from analysis.findings.verdict import CONFOUNDING
from analysis.language import numbers, words
from analysis.methods.checked import Estimate
from analysis.study.partner import answers, covered, spells
from analysis.study.partner.answers import Answer
from analysis.study.partner.eras import SIDES
from analysis.study.partner.opened import Opened
from analysis.study.partner.referred import changed, figures
from analysis.study.partner.shares import Shares
from analysis.study.partner.small import two_decimals
from analysis.study.reading import Reading

UNITS = {
    "reflection_kept": "decisions",
    "accepted": "referrals",
    "dead_ends": "referrals",
}
"""What is counted where it is not persons."""

NEEDS = {
    "helped": "services",
    "reflection_granted": "rights",
    "reflection_kept": "rights",
    "prepared": "returns",
    "accepted": "referrals",
    "dead_ends": "referrals",
    "duplicated": "services",
}
"""The form without which a share is not known."""


def reports(reading: Reading, id: str, asked: Opened) -> Finding:
    """Tell how many of the reports owed came, how many late, and who sent none at all."""
    cards = asked.cards
    due, came = sum(one.due for one in cards), sum(one.came for one in cards)
    silent = [asked.name(one.organisation) for one in cards if one.due and not one.came]
    parts: dict[str, Text | int] = {
        "came": numbers.both(numbers.number, came),
        "due": numbers.both(numbers.number, due),
        "share": numbers.both(numbers.percent, came / due if due else 0.0),
        "late": sum(round((1 - (one.parts["on_time"] or 0)) * one.due) for one in cards)
        - (due - came),
        "aside": sum(one.set_aside for one in cards),
        "rows": numbers.both(numbers.number, sum(one.rows for one in cards)),
    }
    said = [words.text("partner.reports", **parts)]
    if silent:
        said.append(words.text("partner.reports_silent", named=findings.joined(silent)))
    stopped = [asked.name(name) for name in asked.stopped]
    if stopped:
        said.append(words.text("partner.reports_stopped", named=findings.joined(stopped)))
    return findings.described(
        id,
        words.text("partner.question_data_quality"),
        _run_on(said),
        words.text("partner.reports_short", **parts),
        _told(reading, asked),
        method="completeness",
        estimate=number(came),
        unit="reports",
    )


def each_share(
    reading: Reading, notebook: str, asked: Opened, names: Iterable[str]
) -> Iterator[Finding]:
    """Tell several shares before and after the centre, one finding each."""
    for name in names:
        yield _share(
            reading,
            f"{notebook}.{name}",
            asked,
            words.text(f"partner.question_{name}"),
            words.text(f"partner.what_{name}"),
            answers.answer(asked, name),
            unit=UNITS.get(name, "persons"),
            form=NEEDS[name],
        )


def coverage(reading: Reading, notebook: str, asked: Opened) -> Iterator[Finding]:
    """Tell for each promise how many of those identified were offered it, before and after."""
    for key in covered.by_key(asked.offers):
        name = _lower(asked.offer_name(key))
        yield _share(
            reading,
            f"{notebook}.{key}",
            asked,
            words.text("partner.question_offer", what=name),
            words.text("partner.what_offer", what=name),
            answers.offered(asked, key),
            unit="persons",
            form="rights" if key == covered.REFLECTION_KEY else "services",
        )


def waiting(reading: Reading, id: str, asked: Opened) -> Finding:
    """Tell how long those identified waited until any help began, by the median."""
    found = {side: _median(asked, side) for side in SIDES}
    told = _told(reading, asked)
    question = words.text("partner.question_wait")
    if None in found.values():
        return findings.too_few(
            id, question, words.text("partner.what_wait"), 2 * asked.smallest, told
        )
    parts = {side: _days_words(one) for side, one in found.items() if one is not None}
    caveats = [words.text("partner.caveat_centre")]
    if asked.true_frames:
        known = spells.first_help(asked.true_frames, asked.eras)
        truths = {side: spells.median(known[side]) for side in SIDES}
        caveats.append(
            words.text(
                "partner.truth_days",
                **{side: _plain_days(one) for side, one in truths.items()},
            )
        )
    return findings.described(
        id,
        question,
        words.text("partner.wait", **parts),
        words.text("partner.wait_short", **parts),
        told,
        method="survival",
        caveats=[*caveats, *_silent(asked, "services")],
    )


def network(reading: Reading, id: str, asked: Opened) -> Finding:
    """Tell how the network of referrals changed, with a test that swaps before and after."""
    before, after = (figures(asked.referred[side]) for side in SIDES)
    parts: dict[str, Text | int] = {
        "before": before.ties,
        "after": after.ties,
        "density_before": numbers.both(two_decimals, before.density),
        "density_after": numbers.both(two_decimals, after.density),
        "centred_before": numbers.both(two_decimals, before.centralisation),
        "centred_after": numbers.both(two_decimals, after.centralisation),
    }
    said = [words.text("partner.network_said", **parts)]
    test = changed(asked.referred)
    if test is not None:
        said.append(words.text("partner.network_test", p=numbers.both(two_decimals, test.p)))
    return findings.described(
        id,
        words.text("partner.question_network"),
        _run_on(said),
        words.text("partner.network_short", **parts),
        _told(reading, asked),
        method="network",
        caveats=[words.text("partner.caveat_centre"), *_silent(asked, "referrals")],
    )


def _share(
    reading: Reading,
    id: str,
    asked: Opened,
    question: Text,
    what: Text,
    found: Answer,
    *,
    unit: str,
    form: str,
) -> Finding:
    told = _told(reading, asked)
    sides = {}
    for side in SIDES:
        value = found.shown[side]
        if not value.known:
            nobody = not found.counted.of(side)[1]
            return findings.too_few(id, question, what, asked.smallest, told, nobody=nobody)
        first, last = asked.eras.span(side)
        sides[side] = Counted(value, found.counted.of(side)[1], (first.year, last.year))
    made = findings.compared(
        id,
        question,
        what,
        unit,
        sides["before"],
        sides["after"],
        told,
        linkage=found.drawn,
        caveats=_silent(asked, form),
    )
    return made if found.truth is None else _beside_truth(made, found.truth)


def _beside_truth(made: Finding, truth: Shares) -> Finding:
    """Add what is true of invented persons, and whether the limits hold it."""
    if made.limits is None or not (truth.before[1] and truth.after[1]):
        return made
    before, after = (one[0] / one[1] for one in (truth.before, truth.after))
    held = made.limits.low <= 100 * (after - before) <= made.limits.high
    said = words.text(
        "partner.truth_shares",
        before=numbers.both(numbers.percent, before),
        after=numbers.both(numbers.percent, after),
        held=words.text(f"partner.truth_{'held' if held else 'missed'}"),
    )
    return replace(made, caveats=(*made.caveats, said))


def _told(reading: Reading, asked: Opened) -> Told:
    own = tuple(brk for brk in reading.breaks if brk.flag in CONFOUNDING and _between(brk, asked))
    return Told(
        plans=reading.compared,
        country=reading.country.iso3,
        basis=asked.cases.basis,
        fingerprint=asked.cases.fingerprint,
        centre=_CENTRE,
        breaks=() if asked.synthetic else tuple(brk.id for brk in own),
    )


_CENTRE = Break("centre", "F2", "", "", ("*",), Text("", ""), Text("", ""), "", "")
"""The centre as a break of detection: it decides verdicts, and stands in a caveat in words."""


def _between(brk: Break, asked: Opened) -> bool:
    return asked.eras.first.year < brk.year <= asked.eras.last.year


def _silent(asked: Opened, form: str) -> list[Text]:
    """Name those of whom a form did not come, and whose persons nobody else can recognise."""
    silent = sorted({one for one, _ in asked.silent[form]} | set(asked.stopped_on(form)))
    apart = [
        name
        for name, profile in asked.profiles.items()
        if profile.identities == "none" and form in profile.forms
    ]
    return [
        words.text(f"partner.caveat_{key}", named=findings.joined([*map(asked.name, names)]))
        for key, names in (("silent", silent), ("apart", apart))
        if names
    ]


def _median(asked: Opened, side: Side) -> Estimate | None:
    one = spells.first_help(asked.frames, asked.eras)[side]
    if len(one.days) < 2 * asked.smallest or (one.cause == 1).sum() < asked.smallest:
        return None
    return spells.median(one)


def _days_words(one: Estimate) -> Text:
    limits = interval(round(one.low), one.high if one.high == float("inf") else round(one.high))
    return words.text(
        "partner.days", days=_plain_days(one), limits=numbers.both(numbers.value, limits)
    )


def _plain_days(one: Estimate | None) -> Text:
    if one is None or one.value == float("inf"):
        return words.text("partner.not_reached")
    return numbers.both(numbers.number, one.value)


def _lower(name: Text) -> Text:
    return Text(name.da.lower(), name.en.lower())


def _run_on(texts: list[Text]) -> Text:
    return Text(" ".join(one.da for one in texts), " ".join(one.en for one in texts))
