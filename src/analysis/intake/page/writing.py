"""What a sender is asked for in, one HTML file out: it loads nothing and can send nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from analysis.contracts.partner.forms import Forms
from analysis.contracts.published import Language
from analysis.intake.page.data import plain
from analysis.intake.page.policy import hashed
from analysis.intake.template import Asked
from analysis.language import words

_SCRIPTS = ("tokens", "csv", "check", "page")


def page(asked: Asked, forms: Forms, language: Language, *, countries: Mapping[str, str]) -> bytes:
    """Write the offline page of one sender; it opens in ``language`` and speaks both.

    Its content security policy lets this one script and this one style sheet run and
    nothing else: no request can leave, whatever stands in a file that is opened in it.
    ``countries``: ISO 3166-1 alpha-3 by every word for a country that intake reads.
    """
    folder = files("analysis.intake.page")
    style = (folder / "page.css").read_text(encoding="utf-8")
    script = _script(folder)
    template = (folder / "page.html.j2").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)

    def say(key: str, **parts: str) -> str:
        return words.say(f"offline_page.{key}", language, **parts)

    written = environment.from_string(template).render(
        language=language,
        say=say,
        title=say("title", name=asked.profile.name.said_in(language)),
        policy=_policy(script, style),
        synthetic=asked.profile.synthetic,
        confirmed=asked.profile.agreement.confirmed is not None,
        style=Markup(style),
        asked=Markup(_json(plain(asked, forms, language, countries))),
        script=Markup(script),
    )
    return written.encode("utf-8")


def _script(folder: Any) -> str:
    parts = [(folder / "scripts" / f"{one}.js").read_text(encoding="utf-8") for one in _SCRIPTS]
    return '"use strict";\n(() => {\n' + "\n".join(parts) + "})();\n"


def _json(value: Any) -> str:
    """Write JSON that ends no script element and opens none, whatever a label holds."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True).replace("<", "\\u003c")


def _policy(script: str, style: str) -> str:
    return (
        f"default-src 'none'; script-src {hashed(script)}; style-src {hashed(style)}; "
        "base-uri 'none'; form-action 'none'"
    )
