"""A name in, the files of a new evaluation or notebook out, ready to run and to fill out."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import yaml

from analysis import evaluations
from analysis.contracts import tables
from analysis.contracts.published import LANGUAGES, Plan
from analysis.errors import EvaluationError, NotebookError
from analysis.evaluations import Evaluation
from analysis.language import words
from analysis.places import Places
from analysis.published.load import open_record
from analysis.study.plans import choose_plans

Years = tuple[int, int]
"""First and last of some whole calendar years."""

_NAME = r"[a-z][a-z0-9_-]{0,63}"


def new_evaluation(
    places: Places,
    id: str,
    country: str,
    name: str,
    baseline_years: Years | None = None,
    current_years: Years | None = None,
) -> list[Path]:
    """Write an evaluation and the country's empty tables; nothing that exists is overwritten.

    A country that has plans is compared by its first two. For any other, two plans are
    written with their years alone: those given, or those of the default evaluation's
    plans, marked as not confirmed.

    Raises
    ------
    EvaluationError
        If the id is not a file name, the evaluation exists, the years overlap, years are
        given for plans that have their own, or the country has submitted one plan alone.
    """
    if not re.fullmatch(_NAME, id):
        raise EvaluationError(
            "new evaluation: the id must begin with a letter and hold at most 64 lower-case "
            "letters, digits, - and _, as it names a file and a folder. Choose another."
        )
    path = places.evaluations / f"{id}.yml"
    if path.exists():
        raise EvaluationError(
            f"{path.name}: the evaluation exists. Choose another id, or edit the file."
        )
    record = open_record(places)
    record.country(country)
    model = evaluations.read(places, evaluations.default(places))
    folder = places.published / "countries" / country
    own = [plan.id for plan in record.plans(country) if plan.amends is None]
    if len(own) > 1:
        _refuse_years(country, baseline_years, current_years)
        ids, written = (own[0], own[1]), []
    else:
        _refuse_lone_plan(folder / "plans.csv", len(record.table("plans", country)))
        usual = choose_plans(record, model.baseline, model.current)
        ids = (f"{country}-1", f"{country}-2")
        written = [_plans(folder, country, ids, (baseline_years, current_years), usual)]
    written += [
        _write(folder / f"{contract.name}.csv", _csv([contract.columns]))
        for contract in tables.COUNTRY_TABLES
        if not (folder / f"{contract.name}.csv").exists()
    ]
    written.append(_write(path, _evaluation(model, name, country, ids)))
    return written


def new_notebook(places: Places, name: str, title_da: str, title_en: str) -> Path:
    """Write a notebook with its parameters and a heading in both languages.

    Raises
    ------
    NotebookError
        If the name is not a file name, or the notebook exists.
    """
    if not re.fullmatch(_NAME, name):
        raise NotebookError(
            "new notebook: the name must begin with a letter and hold at most 64 lower-case "
            "letters, digits, - and _, as it names a file. Choose another."
        )
    path = places.notebooks / f"{name}.ipynb"
    if path.exists():
        raise NotebookError(f"{path.name}: the notebook exists. Choose another name, or edit it.")
    model = evaluations.read(places, evaluations.default(places))
    cells = [
        _text("title-da", f"# {title_da}", "da"),
        _text("title-en", f"# {title_en}", "en"),
        _code("parameters", _parameters(model), ["parameters"]),
        _code("open", _OPEN, []),
        _text("data-da", words.say("study.begin", "da"), "da"),
        _text("data-en", words.say("study.begin", "en"), "en"),
        _code("data", _SHOW.format(name=name), []),
        _code("checks", _CHECK, ["checks"]),
        _text("limits-da", words.say("study.end", "da"), "da"),
        _text("limits-en", words.say("study.end", "en"), "en"),
    ]
    return _write(
        path, json.dumps(_notebook(cells), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    )


def _years(plan: Plan) -> Years:
    return plan.first_year, plan.last_year


def _refuse_years(country: str, *given: Years | None) -> None:
    if any(years is not None for years in given):
        raise EvaluationError(
            f"new evaluation: {country} has plans with years of their own in plans.csv. "
            "Leave --baseline-years and --current-years out, or change the years there."
        )


def _refuse_lone_plan(path: Path, rows: int) -> None:
    if rows:
        raise EvaluationError(
            f"{path.parent.name}/{path.name}: it holds one plan (in rows: {rows}), and an "
            "evaluation compares two. Add the other, then: workbench new evaluation"
        )


def _refuse_overlap(earlier: Years, later: Years) -> None:
    if earlier[1] >= later[0]:
        raise EvaluationError(
            "new evaluation: the earlier plan's years reach into the later plan's. "
            "Give --baseline-years that end before --current-years begin."
        )


def _plans(
    folder: Path,
    iso3: str,
    ids: tuple[str, str],
    given: tuple[Years | None, Years | None],
    usual: tuple[Plan, Plan],
) -> Path:
    years = [own or _years(plan) for own, plan in zip(given, usual, strict=True)]
    _refuse_overlap(*years)
    columns = tables.PLANS.columns
    lines = [
        _plan(
            columns, f"{iso3}-P-0{place + 1}", ids[place], years[place], place, bool(given[place])
        )
        for place in (0, 1)
    ]
    return _write(folder / "plans.csv", _csv([columns, *lines]))


def _plan(
    columns: tuple[str, ...], row_id: str, plan_id: str, years: Years, place: int, confirmed: bool
) -> tuple[str, ...]:
    which = ("earlier", "later")[place]
    cells: dict[str, str] = {
        "row_id": row_id,
        "plan_id": plan_id,
        "pick": "1",
        "period_start": str(years[0]),
        "period_end": str(years[1]),
        "first_year": str(years[0]),
        "last_year": str(years[1]),
    }
    rule = "given" if confirmed else "unconfirmed"
    for language in LANGUAGES:
        cells[f"title_{language}"] = words.say(f"study.plan_{which}_title", language)
        cells[f"short_{language}"] = words.say(f"study.plan_{which}", language)
        cells[f"scope_{language}"] = words.say("study.plan_not_submitted", language)
        cells[f"lead_body_{language}"] = words.say("study.plan_not_submitted", language)
        cells[f"years_rule_{language}"] = words.say(f"study.years_{rule}", language)
    return tuple(cells.get(column, "") for column in columns)


def _evaluation(model: Evaluation, name: str, country: str, ids: tuple[str, str]) -> str:
    content: dict[str, Any] = yaml.safe_load(model.path.read_text(encoding="utf-8"))
    content.pop("default", None)
    for question in content["protocol"].get("questions", ()):
        # Years of the model's plans are not those of others: the record decides.
        question.pop("before", None)
        question.pop("after", None)
    content |= {
        "name": {"da": name, "en": name},
        "country": country,
        "baseline": ids[0],
        "current": ids[1],
    }
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=100)


def _csv(lines: list[tuple[str, ...]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(lines)
    return out.getvalue()


def _write(path: Path, content: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8", newline="\n")
    return path


_OPEN = """from analysis.reporting import tables
from analysis.study import open_study

study = open_study(baseline, current, country=country, language=language)"""

_SHOW = """prosecuted = study.series("persons_prosecuted")
tables.series_table("{name}.prosecuted", prosecuted, language=language)"""


_CHECK = """study.require("figures_have_rows", all(point.row for point in prosecuted.points))"""


def _parameters(model: Evaluation) -> str:
    return "\n".join(
        (
            f'baseline = "{model.baseline}"  # the earlier plan, as its plan_id in data/published',
            f'current = "{model.current}"  # the later plan',
            f'country = "{model.country}"  # whose figures are compared, as an ISO 3166 '
            "three-letter code",
            'language = "en"  # the wording of every sentence, table and figure [da|en]',
        )
    )


def _text(id: str, text: str, language: str) -> dict[str, Any]:
    return {
        "cell_type": "markdown",
        "id": id,
        "metadata": {"tags": [f"lang-{language}"]},
        "source": text.splitlines(keepends=True),
    }


def _code(id: str, text: str, tags: list[str]) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": id,
        "metadata": {"tags": tags} if tags else {},
        "outputs": [],
        "source": text.splitlines(keepends=True),
    }


def _notebook(cells: list[dict[str, Any]]) -> dict[str, Any]:
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {
        "cells": cells,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
