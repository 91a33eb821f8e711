"""docs/methods: every public method is on a page, and its numbers are what the code gives."""

import doctest
import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import pytest

import analysis.methods
from analysis.methods.dispersion import Yearly, dispersed_ratio
from analysis.methods.power import smallest_detectable_ratio
from analysis.methods.rates import Count, RateRatio, rate_ratio

DOCS = Path(__file__).parents[2] / "docs"
PAGES = (DOCS / "methods.md", *sorted((DOCS / "methods").glob("*.md")))
PAGE = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
HEADINGS = re.findall(r"^## (`.*)$", PAGE, flags=re.M)
PLUMBING = {"checked", "confidence", "counts", "design", "rate_fits", "scalars"}
"""Modules that check input and answer no question of their own."""


def lines_of(method: str) -> list[list[str]]:
    """Cells of the table under a method's heading, without the table's head."""
    section = PAGE.split(f"## `{method}`")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def bounds(cell: str) -> tuple[int, int]:
    """Bounds of a count as the page prints it."""
    low, high = {"<5": "0-4"}.get(cell, cell if "-" in cell else f"{cell}-{cell}").split("-")
    return int(low), int(high)


def printed(one: RateRatio) -> str:
    """Write a ratio with its limits as the page does."""
    return f"{one.estimate:.2f} ({one.low:.2f}-{one.high:.2f})"


def methods() -> list[str]:
    """Name every function that the modules and packages of the methods offer."""
    found = []
    for module in pkgutil.iter_modules(analysis.methods.__path__):
        loaded = importlib.import_module(f"analysis.methods.{module.name}")
        for name, thing in inspect.getmembers(loaded, inspect.isfunction):
            if module.name in PLUMBING or name.startswith("_"):
                continue
            if thing.__module__.startswith(loaded.__name__):
                found.append(f"{module.name}.{name}")
    return found


@pytest.mark.parametrize("method", methods())
def test_every_public_method_has_a_section(method: str) -> None:
    """A method whose assumptions are written nowhere cannot be judged."""
    module, _, name = method.partition(".")
    of_module = [heading for heading in HEADINGS if heading.startswith(f"`{module}.")]
    named = {
        found.rpartition(".")[2] for heading in of_module for found in heading.split("`")[1::2]
    }
    assert name in named


@pytest.mark.parametrize("page", PAGES[1:], ids=lambda page: page.stem)
def test_every_section_says_what_it_answers_and_what_it_refuses(page: Path) -> None:
    """A reader looks for the same five things under each heading."""
    text = page.read_text(encoding="utf-8") + "\n## "
    sections = re.findall(r"^## `[^\n]*\n(.*?)(?=^## )", text, flags=re.M | re.S)
    assert sections
    for section in sections:
        # A table of input, checked and held for the methods below it, answers nothing itself.
        if "- **Answers** nothing" in section:
            continue
        for part in ("Answers", "How", "Breaks when", "Refuses", "Source"):
            assert f"- **{part}**" in section


def test_ratios_on_the_page_are_computed() -> None:
    """The page is where a reviewer checks us first."""
    lines = lines_of("rates.rate_ratio")
    assert len(lines) == 2
    for before, years, after, later, least, most in lines:
        found = rate_ratio(
            Count.of(bounds(before), float(years)), Count.of(bounds(after), float(later))
        )
        assert [printed(found.least), printed(found.most)] == [least, most]


def test_dispersed_limits_on_the_page_are_computed() -> None:
    """They are wide enough to be doubted: nobody should have to trust a typed number."""
    lines = lines_of("dispersion.dispersed_ratio")
    assert len(lines) == 2
    for before, after, readings, dispersion, limits in lines:
        found = dispersed_ratio(
            Yearly.of(map(bounds, before.split(", "))), Yearly.of(map(bounds, after.split(", ")))
        )
        assert str(found.readings) == readings
        assert f"{found.dispersion_low:.2f}-{found.dispersion_high:.2f}" == dispersion
        assert f"{found.low:.2f}-{found.high:.1f}" == limits


def test_smallest_detectable_ratios_on_the_page_are_computed() -> None:
    """They stand beside every null result of the report."""
    events = re.findall(r"^\| expected before \| (.*) \|$", PAGE, flags=re.M)[0].split(" | ")
    ratios = lines_of("power.smallest_detectable_ratio")[0][1:]
    assert len(events) == len(ratios) == 7
    for expected, ratio in zip(events, ratios, strict=True):
        assert f"{smallest_detectable_ratio(float(expected), 4.0, 4.0):.1f}" == ratio


def test_examples_in_docstrings_give_what_they_say() -> None:
    """A reader copies the example first."""
    tried = 0
    for module in pkgutil.iter_modules(analysis.methods.__path__):
        result = doctest.testmod(importlib.import_module(f"analysis.methods.{module.name}"))
        assert result.failed == 0
        tried += result.attempted
    assert tried >= 8
