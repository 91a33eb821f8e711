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

_NAME = r"[a-z][a-z0-9_-]*"


def new_evaluation(
    places: Places,
    id: str,
    country: str,
    name: str,
    baseline_years: Years | None = None,
    current_years: Years | None = None,
) -> list[Path]:
    """Write an evaluation and the country's empty tables; nothing that exists is overwritten.

    The two plans are written with their years alone: those given, or those of the
    default evaluation's plans, marked as not confirmed.

    Raises
    ------
    EvaluationError
        If the id is not a file name, the evaluation exists, or the years overlap.
    """
    if not re.fullmatch(_NAME, id):
        raise EvaluationError(
            "new evaluation: the id must be lower-case letters, digits, - and _, and begin with a "
            "letter, as it names a file and a folder. Choose another."
        )
    path = places.evaluations / f"{id}.yml"
    if path.exists():
        raise EvaluationError(
            f"{path.name}: the evaluation exists. Choose another id, or edit the file."
        )
    record = open_record(places)
    found = record.country(country)
    model = evaluations.read(places, evaluations.default(places))
    usual = choose_plans(record, model.baseline, model.current)
    years = (baseline_years or _years(usual[0]), current_years or _years(usual[1]))
    if years[0][1] >= years[1][0]:
        raise EvaluationError(
            "new evaluation: the earlier plan's years reach into the later plan's. "
            "Give --baseline-years that end before --current-years begin."
        )
    confirmed = (baseline_years is not None, current_years is not None)
    folder = places.published / "countries" / country
    plans = [plan.id for plan in record.plans(country)]
    ids = (plans[0], plans[1]) if len(plans) > 1 else (f"{country}-1", f"{country}-2")
    written = [] if len(plans) > 1 else [_plans(folder, found.iso3, ids, years, confirmed)]
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
            "new notebook: the name must be lower-case letters, digits, - and _, and begin with a "
            "letter, as it names a file. Choose another."
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
    ]
    return _write(
        path, json.dumps(_notebook(cells), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    )


def _years(plan: Plan) -> Years:
    return plan.first_year, plan.last_year


def _plans(
    folder: Path,
    iso3: str,
    ids: tuple[str, str],
    years: tuple[Years, Years],
    confirmed: tuple[bool, bool],
) -> Path:
    columns = tables.PLANS.columns
    lines = [
        _plan(columns, f"{iso3}-P-0{place + 1}", ids[place], years[place], place, confirmed[place])
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


def _parameters(model: Evaluation) -> str:
    return "\n".join(
        (
            f'baseline = "{model.baseline}"  # the earlier plan, as its plan_id in data/published',
            f'current = "{model.current}"  # the later plan',
            f'country = "{model.country}"  # whose figures are compared, as an ISO 3166 '
            "three-letter code",
            'language = "en"  # da or en: the wording of every sentence, table and figure',
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
