"""What a notebook opens: one comparison's data, and the places to record what follows from it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.contracts import protocol as protocols
from analysis.contracts.findings import Finding, from_json
from analysis.contracts.outputs import CHECK, Listing
from analysis.contracts.published import LANGUAGES, Language, Series, Text
from analysis.engine.reuse import recorder
from analysis.engine.reuse.recorder import AFTER_VARIABLE, ORDER_VARIABLE, RUN_VARIABLE
from analysis.errors import FindingError, ParameterError
from analysis.findings import record, register, registering
from analysis.findings.shown import ShownFinding
from analysis.language import words
from analysis.places import Places, find_places
from analysis.published.load import open_record
from analysis.study import (
    among_listed,
    among_told,
    change_shown,
    change_told,
    comparison,
    departed,
    from_lists,
    listings,
    making,
    robust_listed,
    robust_told,
    telling,
    traced,
    trend_shown,
    trend_told,
)
from analysis.study.among import AmongOthers
from analysis.study.choosing import Choosing
from analysis.study.explaining import Explaining
from analysis.study.from_lists import FromLists
from analysis.study.partner import asking
from analysis.study.partner.asking import Partner
from analysis.study.plans import plans_for
from analysis.study.simulating import Simulating
from analysis.study.windows import window

if TYPE_CHECKING:
    from analysis.study.hidden.told import Result
    from analysis.study.partner.opened import Asking, Opened

UNSAID = ("undecided", "not_comparable", "not_known", "not_submitted", "refused")
"""Verdicts that answer a question with: that cannot be said."""

SCALE = (1, 5)
"""Lowest and highest score of an area of the policy index (Cho, Dreher and Neumayer)."""


@dataclass(frozen=True, slots=True)
class ShownFindings:
    """Several findings under one cell: the notebook shows each as an output of its own."""

    findings: tuple[ShownFinding, ...]

    @property
    def recorded(self) -> tuple[Finding, ...]:
        """The findings themselves, in order."""
        return tuple(shown.finding for shown in self.findings)

    def _ipython_display_(self) -> None:
        for finding in self.findings:
            _display(finding)


@dataclass(frozen=True, slots=True)
class ShownCheck:
    """A claim of the prose that held."""

    claim: Text
    language: Language

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        said = self.claim.said_in(self.language)
        held = words.say("study.held", self.language, claim=said)
        payload = {"claim": {"da": self.claim.da, "en": self.claim.en}, "held": True}
        return {
            CHECK: payload,
            "text/html": f"<p class='check'>{escape(held)}</p>",
            "text/plain": held,
        }


class Study(Simulating, FromLists, Partner, AmongOthers, Choosing, Explaining):
    """One comparison: its data (see `Reading`), what is computed of it, and what is recorded."""

    # What is computed

    def compare(self, series: Series) -> comparison.Comparison:
        """Compare the yearly rate under the two plans; say why where it cannot be done."""
        return comparison.compare(series, self.compared)

    def later_years(self, series: Series) -> comparison.Counted | comparison.Silent:
        """Count as many years after the later plan as it had."""
        return comparison.later(series, self.current)

    # What is shown

    def listing(self, name: str, *arguments: object) -> Listing:
        """Return a table to show: ``measures``, ``links``, ``roles``, ``conflicts`` ..."""
        return LISTINGS[name](self, *arguments)

    # What is recorded

    def record(self, id: str, result: among_told.Result) -> ShownFinding:
        """Record the finding that a result amounts to; its words are made from the numbers."""
        return self._show(among_told.of_result(self, id, result))

    def record_robustness(self, id: str, result: robust_told.Result) -> ShownFinding:
        """Record how a headline fares under every registered choice, or why none can be told."""
        return self._show(robust_told.finding(self, id, result))

    def record_hidden(self, id: str, result: Result) -> ShownFinding:
        """Record how many there were in all by a table of overlapping lists, or why not."""
        return self._show(self.hidden_finding(id, result))

    def record_absent(self, id: str, asked: Asking) -> ShownFinding:
        """Record that no cases of persons were submitted, and who owes them."""
        return self._show(self.absent_finding(id, asked))

    def record_reports(self, id: str, asked: Opened) -> ShownFinding:
        """Record how much of what partners owed came."""
        return self._show(self.reports_finding(id, asked))

    def record_shares(self, notebook: str, asked: Opened, *names: str) -> ShownFindings:
        """Record several shares before and after the centre, one finding each."""
        return self._show_all(self.share_findings(notebook, asked, names))

    def record_offers(self, notebook: str, asked: Opened) -> ShownFindings:
        """Record for each promise how many were offered it, before and after the centre."""
        return self._show_all(self.offer_findings(notebook, asked))

    def record_wait(self, id: str, asked: Opened) -> ShownFinding:
        """Record how long those identified waited until any help began."""
        return self._show(self.wait_finding(id, asked))

    def record_network(self, id: str, asked: Opened) -> ShownFinding:
        """Record how the network of referrals changed."""
        return self._show(self.network_finding(id, asked))

    def record_each(self, id: str, results: Mapping[str, among_told.Result]) -> ShownFindings:
        """Record a finding for each of several results, named after what it is about."""
        return self._show_all(
            among_told.of_result(self, f"{id}.{name}", result) for name, result in results.items()
        )

    def record_over_time(self, id: str, results: Mapping[str, trend_told.Result]) -> ShownFindings:
        """Record what each of several series shows over time, named after its indicator."""
        return self._show_all(
            trend_told.of_result(self, f"{id}.{name}", result) for name, result in results.items()
        )

    def record_chart(self, id: str, result: trend_told.Result) -> ShownFinding:
        """Record what a chart or a CUSUM said of one series."""
        return self._show(trend_told.of_result(self, id, result))

    def record_changes(self, id: str, results: change_told.Explained) -> ShownFindings:
        """Record why each number changed, change by change, named after indicator and years."""
        return self._show_all(change_told.of_results(self, id, results))

    def record_statements(self, notebook: str, *topics: str) -> ShownFindings:
        """Record what documents say on some topics, one finding each."""
        return self._show_all(telling.statements(self, notebook, topics))

    def record_links(self, id: str) -> ShownFinding:
        """Record which measures carried over, as far as a quote says so."""
        return self._show(telling.links(self, id))

    def record_trace(self, id: str) -> ShownFindings:
        """Record what became of each finding on the earlier plan."""
        return self._show_all(telling.traces(self, id))

    def record_owed(self, notebook: str) -> ShownFindings:
        """Record each count that somebody owes and nobody published."""
        return self._show_all(telling.gaps(self, notebook))

    def record_evaluations(self, notebook: str) -> ShownFindings:
        """Record, criterion by criterion, how evaluators judged each plan."""
        return self._show_all(telling.judgements(self, notebook))

    def record_index(self, id: str) -> ShownFinding:
        """Record the policy scores under each plan, described and not tested."""
        areas = tuple(
            replace(
                self.series("policy_index", f"area={area}"),
                label=words.text(f"study.column_{area}"),
            )
            for area in listings.AREAS
        )
        windows = [window(areas[0], plan) for plan in self.compared]
        for plan, found in zip(self.compared, windows, strict=True):
            if found is None:
                return self.record(id, comparison.Silent(areas[0], tuple(plan.years)))
        before, after = (found.span for found in windows if found)
        rows = {
            row for area in areas for span in (before, after) for row in area.within(*span).rows
        }
        return self._show(
            record.described_index(
                id,
                making.question(id),
                areas,
                self.compared,
                name=words.text("study.index_name"),
                coded_from=words.text("study.index_coded_from"),
                scale=SCALE,
                before=before,
                after=after,
                contrary=making.contrary(self, id),
                fingerprint=self.fingerprint(rows),
            )
        )

    def leads_with_wider(self, finding: Finding) -> bool:
        """Whether the headline limits of a ratio are the wider ones."""
        return making.leads_with_wider(finding)

    def keeps_intervals(self, finding: Finding, series: Series) -> bool:
        """Whether a finding on interval-valued counts kept the interval."""
        return making.keeps_intervals(finding, series)

    def index_in_range(self) -> bool:
        """Whether every score of the policy index lies on its scale."""
        return all(table["score"].between(*SCALE).all() for table in self.policy_index().values())

    def require(self, claim: str, held: Any) -> None:
        """Show a claim that the prose makes; stop the notebook where the data do not bear it.

        Raises
        ------
        FindingError
            If the claim does not hold.
        """
        text = words.text(f"study.claim_{claim}")
        if not bool(held):
            raise FindingError(
                f"check {claim}: the claim does not hold ({text.en}) "
                "Correct the data, or the prose that makes it."
            )
        _display(ShownCheck(text, self.language))

    # What the synthesis reads

    def findings(self) -> tuple[Finding, ...]:
        """Findings of the notebooks run before this one in the build, or of the last build."""
        return tuple(from_json(one) for one in self._register())

    def said(self, findings: Sequence[Finding]) -> tuple[Finding, ...]:
        """Return the findings that have an answer, the strongest evidence first."""
        answered = [one for one in findings if one.verdict not in UNSAID]
        return tuple(sorted(answered, key=lambda one: one.grade))

    def unsaid(self, findings: Sequence[Finding]) -> tuple[Finding, ...]:
        """Return the findings whose answer is that there is none."""
        return tuple(one for one in findings if one.verdict in UNSAID)

    def _register(self) -> Sequence[dict[str, Any]]:
        run = os.environ.get(RUN_VARIABLE)
        if not run:
            raise FindingError(
                "synthesis: it reads the findings of a build, and runs inside one. "
                "Build first: workbench build"
            )
        found = self._ran_before(Path(run))
        if not found:
            raise FindingError(
                "synthesis: the build that it reads holds no notebook that ran before it. "
                "Build first: workbench build"
            )
        notebooks = {
            (path.stem, self.language): json.loads(path.read_text(encoding="utf-8"))
            for path in found
        }
        return register.collect(notebooks)

    def _ran_before(self, run: Path) -> list[Path]:
        """Return executed notebooks in reading order: of this build, or of a finished one.

        Of this build only those that the notebook waited for count: of the others it is
        chance which are done.
        """
        order = os.environ.get(ORDER_VARIABLE)
        if order is None:
            recorder.note(run / self.language)
            found = sorted(run.glob(f"{self.language}/*.ipynb"))
            for path in found:
                recorder.note(path)
            return found
        place = {name: number for number, name in enumerate(order.split(","))}
        after = [run / f"{name}.ipynb" for name in os.environ.get(AFTER_VARIABLE, "").split(",")]
        found = [path for path in after if path.parent == run / self.language]
        return sorted(found, key=lambda path: (place.get(path.stem, len(place)), path))

    def _show(self, finding: Finding) -> ShownFinding:
        """Register a finding under the protocol that the run was given, and show it."""
        made = registering.registered(
            finding,
            protocols.read(os.environ.get(protocols.VARIABLE, "")),
            find_row=self.row,
            published_on=lambda row: self.row(row).published,
        )
        return ShownFinding(made, self.language, self.row)

    def _show_all(self, findings: Iterable[Finding]) -> ShownFindings:
        return ShownFindings(tuple(self._show(finding) for finding in findings))


def _display(item: object) -> None:
    from IPython.display import display

    display(item)  # type: ignore[no-untyped-call]


LISTINGS: dict[str, Callable[..., Listing]] = {
    "plans": listings.plans,
    "measures": listings.measures,
    "links": listings.links,
    "statements": listings.statements,
    "roles": listings.roles,
    "conflicts": listings.conflicts,
    "figures": listings.figures,
    "evaluations": listings.evaluations,
    "breaks": listings.breaks,
    "index": listings.index,
    "population_rates": listings.population_rates,
    "readings": listings.readings,
    **among_listed.LISTINGS,
    **change_shown.LISTINGS,
    **departed.LISTINGS,
    **from_lists.LISTINGS,
    **asking.LISTINGS,
    **robust_listed.LISTINGS,
    **traced.LISTINGS,
    **trend_shown.LISTINGS,
}


def open_study(
    baseline: str,
    current: str,
    *,
    country: str,
    language: str,
    places: Places | None = None,
) -> Study:
    """Open the comparison of two plans with the figures of one country.

    Parameters
    ----------
    baseline, current : str
        Ids of the earlier and the later plan; they set the periods.
    country : str
        ISO 3166 three-letter code of the country whose figures are compared.
    language : str
        ``da`` or ``en``: the wording of all that is shown. Numbers never depend on it.
    places : Places, optional
        The workbench; default: the one that the working directory lies in.

    Raises
    ------
    ParameterError
        If a plan, the country or the language is unknown, or the plans overlap.
    """
    if language not in LANGUAGES:
        raise ParameterError(f"language: {language!r} is unknown. Write da or en.")
    found = places or find_places()
    opened = open_record(found, recorder.note)
    named = opened.country(country)
    plans = plans_for(opened, baseline, current, country)
    return Study(opened, found, plans, named, language)
