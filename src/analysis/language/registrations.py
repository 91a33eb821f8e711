"""How a finding stands to its protocol in, the lines that say so out."""

from __future__ import annotations

from analysis.contracts.protocol import Departure, Registration
from analysis.contracts.published import Language
from analysis.language import numbers, words


def lines(registration: Registration, language: Language) -> list[str]:
    """Say how a finding stands to its protocol, then each departure on a line of its own."""
    stated = words.say(
        f"findings.card_protocol_{registration.timing}",
        language,
        day=numbers.day(registration.declared, language) if registration.declared else "",
        hash=registration.sha256[:12],
    )
    return [stated, *(_departure(one, language) for one in registration.departures)]


def _departure(departure: Departure, language: Language) -> str:
    aspect = words.say(f"findings.card_aspect_{departure.aspect}", language)
    if departure.aspect == "registered":
        return words.say("findings.card_departure_claim", language)
    return words.say(
        "findings.card_departure",
        language,
        aspect=aspect,
        registered=departure.registered,
        computed=departure.computed or words.say("findings.card_departure_none", language),
    )
