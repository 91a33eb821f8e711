"""A finding in, a paragraph that cites it out."""

from __future__ import annotations

from analysis.contracts.findings import Finding
from analysis.contracts.published import Language
from analysis.findings import shown
from analysis.language import registrations, words


def cite(finding: Finding, language: Language, *, evaluation: str, version: str) -> str:
    """Write what another text needs to quote a finding and to find it again.

    Parameters
    ----------
    evaluation : str
        Id of the evaluation it was built in.
    version : str
        Version of the workbench that built it.

    Returns
    -------
    str
        One paragraph: sentence, id, grade, limits, verdict, source rows, how it stands to
        its protocol, evaluation and version.
    """
    limits = "".join(
        words.say(
            "findings.cite_limits",
            language,
            limits=shown.written(finding, pair, language),
            method=words.say(f"findings.method_{pair.method}", language),
        )
        for pair in shown.pairs(finding)
    )
    nothing = words.say("findings.cite_no_rows", language)
    return words.say(
        "findings.cite",
        language,
        sentence=finding.sentence.said_in(language),
        id=finding.id,
        grade=finding.grade,
        limits=limits,
        verdict=words.say(f"findings.verdict_{finding.verdict}", language),
        rows=", ".join(finding.rows) or nothing,
        protocol=" ".join(registrations.lines(finding.protocol, language)),
        evaluation=evaluation,
        version=version,
    )
