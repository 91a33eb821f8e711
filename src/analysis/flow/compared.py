"""What notebooks of the study are given in, the comparisons that they would open out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import get_args

from analysis import evaluations
from analysis.contracts.front_page import FrontPageLayout
from analysis.contracts.published import LANGUAGES
from analysis.errors import ParameterError
from analysis.evaluations import Cases, Evaluation
from analysis.places import Places

_REPLACED = ("baseline", "country", "current")


def compared(places: Places, given: Iterable[Mapping[str, object]]) -> Iterator[Evaluation]:
    """Change the default evaluation by each notebook's parameters, in one language each.

    Asked before a kernel starts, so that a slip of the finger costs nothing.

    Raises
    ------
    ParameterError
        If a plan, the country or the language is unknown, or the plans overlap.
    """
    # Two seconds of imports, which a notebook of no study does not wait for.
    from analysis.published.load import open_record
    from analysis.study.plans import choose_plans

    usual, record = evaluations.read(places, evaluations.default(places)), open_record(places)
    for values in given:
        language = values.get("language", "en")
        if language not in LANGUAGES:
            raise ParameterError("parameters: the value of language is unknown. Write da or en.")
        named = {name: str(values[name]) for name in _REPLACED if name in values}
        chosen = evaluations.with_overrides(usual, named)
        record.country(chosen.country)
        choose_plans(record, chosen.baseline, chosen.current)
        # Cases that a notebook was given decide whether its pages are a rehearsal's.
        named_cases = values.get("cases")
        cases = next((one for one in get_args(Cases) if one == named_cases), chosen.cases)
        yield replace(chosen, languages=(language,), front_page=FrontPageLayout(), cases=cases)
