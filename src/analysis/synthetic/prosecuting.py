"""Whom the police found in, cases and charges over the years out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.synthetic.chance import NEVER, Whole, chosen, happens, spans
from analysis.synthetic.course import HOW, Course

POLICE = "syn_police"


def prosecute(course: Course) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Open cases on those whom the police found, and charge people in them.

    Fills ``case`` of each episode (-1: none).

    Returns
    -------
    cases : pandas.DataFrame
        Row number is the case: opened_on, charged_on, court_on, closed_on, victims.
    charges : pandas.DataFrame
        case, accused, article, charged_on, prosecuted_on, decided_on, outcome (final),
        sentence_months (nan: none).
    """
    cases = _cases(course)
    charges = _charges(course, cases)
    _close(course, cases, charges)
    return cases, charges


def _cases(course: Course) -> pd.DataFrame:
    law, rng, at = course.laws.justice, course.rng, course.organisations.index(POLICE)
    found = course.how[:, at] == HOW.index("found")
    complexes = course.of_person("complex")
    alone = ~((complexes >= 0) & (course.episodes["number"].to_numpy() == 1))
    group = np.where(alone, -1 - np.arange(len(course)), complexes)
    some = np.flatnonzero(found & course.of_person("victim"))
    keys, index = np.unique(group[some], return_inverse=True)
    share = np.where(keys < 0, law.case_single, law.case_complex)
    opened = happens(rng, share, len(keys))
    first = np.full(len(keys), NEVER, np.int64)
    np.minimum.at(first, index, course.met[some, at])
    number = np.full(len(keys), -1)
    order = np.flatnonzero(opened)[np.argsort(first[opened], kind="stable")]
    number[order] = np.arange(len(order))
    case = np.full(len(course), -1, np.int32)
    case[some] = number[index]
    course.episodes["case"] = case
    victims = np.bincount(number[index][number[index] >= 0], minlength=len(order))
    return pd.DataFrame({"opened_on": first[order].astype(np.int32), "victims": victims})


def _charges(course: Course, cases: pd.DataFrame) -> pd.DataFrame:
    law, rng, articles = course.laws.justice, course.rng, list(course.laws.justice.articles)
    accused = 1 + rng.poisson(law.accused - 1, len(cases))
    accused[~happens(rng, law.charged, len(cases))] = 0
    case = np.repeat(np.arange(len(cases)), accused)
    both, article = _articles(course, len(case))
    size = len(both)
    charged = cases["opened_on"].to_numpy()[case] + spans(
        rng, law.charged_days, law.spread, len(case)
    )
    prosecuted = happens(rng, law.prosecuted, size)
    tried = charged[both] + spans(rng, law.prosecuted_days, law.spread, size)
    decided = tried + spans(rng, law.decided_days, law.spread, size)
    names = np.array(list(law.outcomes), object)
    outcome = np.where(prosecuted, names[chosen(rng, law.outcomes, size)], "withdrawn")
    return pd.DataFrame(
        {
            "case": case[both].astype(np.int32),
            "accused": both.astype(np.int32),
            "article": np.array(articles, object)[article],
            "charged_on": charged[both].astype(np.int32),
            "prosecuted_on": np.where(prosecuted, tried, NEVER).astype(np.int32),
            "decided_on": np.where(prosecuted, decided, tried).astype(np.int32),
            "outcome": outcome,
            "sentence_months": _sentences(course, outcome),
        }
    ).sort_values(["case", "accused", "article"], ignore_index=True)


def _articles(course: Course, accused: int) -> tuple[Whole, Whole]:
    """Return the accused of each charge and its article; some are charged under two."""
    law, rng, count = course.laws.justice, course.rng, len(course.laws.justice.articles)
    first = chosen(rng, law.articles, accused)
    twice = np.flatnonzero(happens(rng, law.second_article, accused))
    other = (first[twice] + 1 + rng.integers(0, count - 1, len(twice))) % count
    return np.concatenate([np.arange(accused), twice]), np.concatenate([first, other])


def _sentences(course: Course, outcome: Whole) -> Whole:
    """Return months in halves, for those convicted."""
    law = course.laws.justice
    drawn = law.sentence_months * np.exp(
        law.sentence_spread * course.rng.standard_normal(len(outcome))
    )
    return np.where(outcome == "convicted", np.maximum(np.round(drawn * 2) / 2, 0.5), np.nan)


def _close(course: Course, cases: pd.DataFrame, charges: pd.DataFrame) -> None:
    """Fill in when each case was charged, came to court and was closed."""
    law = course.laws.justice
    by_case = charges.groupby("case")
    lasts = spans(course.rng, law.closed_days, law.spread, len(cases))
    for column, source in (("charged_on", "charged_on"), ("court_on", "prosecuted_on")):
        first = by_case[source].min().reindex(cases.index, fill_value=NEVER)
        cases[column] = first.to_numpy(dtype=np.int32)
    last = by_case["decided_on"].max().reindex(cases.index, fill_value=NEVER).to_numpy()
    dropped = cases["opened_on"].to_numpy() + lasts
    cases["closed_on"] = np.where(last < NEVER, last, dropped).astype(np.int32)
