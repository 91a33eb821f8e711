"""One notebook and its parameters in, the executed notebook and its pages out."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from analysis.engine import build as engine
from analysis.engine import store
from analysis.engine.events import Listener, ignore
from analysis.engine.notebook import parameters as engine_parameters
from analysis.engine.reuse.cache import Cache
from analysis.engine.reuse.recorder import RUN_VARIABLE
from analysis.engine.running.run import Job
from analysis.evaluations import Evaluation
from analysis.flow import report_stamp, reports
from analysis.flow.compared import compared
from analysis.flow.named import notebook as notebook_named
from analysis.places import HOME_VARIABLE, Places
from analysis.published.load import open_record
from analysis.reporting import pages
from analysis.reporting.manuscript.report_input import ReportInput
from analysis.study.plans import plans_for


def run(
    places: Places,
    notebook: str,
    parameters: Mapping[str, str],
    *,
    on_event: Listener = ignore,
) -> Path:
    """Run one notebook by itself; its pages are written beside it, in ``report/``.

    Values come as text and are converted to the type of the notebook's parameter.
    """
    source = notebook_named(places, notebook)
    values = engine_parameters.bind(source, dict(parameters))
    (chosen,) = compared(places, [values])
    report_stamp.require_sound(places)
    final = places.outputs / "runs" / _folder(source.stem, parameters)
    with store.staging(final) as stage:
        job = Job(
            name=source.stem,
            notebook=source,
            parameters=values,
            folders={
                HOME_VARIABLE: places.home,
                RUN_VARIABLE: places.outputs / chosen.id / "notebooks",
            },
        )
        (executed,) = engine.run_all(
            [job],
            stage,
            aside=store.aside(final),
            on_event=on_event,
            cache=Cache(places.cache, places.home),
        )
        pages.write(_alone(places, executed.path, chosen), stage / "report")
    return final / f"{source.stem}.ipynb"


def _folder(stem: str, parameters: Mapping[str, str]) -> str:
    """Name the folder of a run by what was changed; a value cannot name another folder."""
    changed = (f"{name}={value}" for name, value in sorted(parameters.items()))
    return "+".join((stem, *(re.sub(r"[^\w.,=+-]", "_", each) for each in changed)))


def _alone(places: Places, executed: Path, chosen: Evaluation) -> ReportInput:
    """Make the report of one notebook: its pages and sources, no front page lists, no PDF."""
    record = open_record(places)
    notebook = json.loads(executed.read_text(encoding="utf-8"))
    plans = plans_for(record, chosen.baseline, chosen.current, chosen.country)
    (language,) = chosen.languages
    report = reports.make(record, chosen, plans, {(executed.stem, language): notebook})
    return replace(report, documents={})
