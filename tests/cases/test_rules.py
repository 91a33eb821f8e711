"""data/linkage.yml: read whole, or refused with the file's name."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.cases import LinkageRules, read_rules
from analysis.errors import LinkageError

GIVEN = Path(__file__).parents[2] / "data" / "linkage.yml"


def test_the_rules_in_force_are_kept_as_text_and_read_back(rules: LinkageRules) -> None:
    """Results are opened by the rules of their run, not by those of today."""
    import json

    from analysis.cases.rules import rules_of

    assert rules_of(json.loads(rules.as_json())) == rules


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("match_at: 0.95", "match_at: 0.01", "must rise"),
        ("match_at: 0.95", "match_at: high", "TypeError"),
        ("- [cpr_exact]", "- [shoe_size]", "shoe_size"),
        ("draws: 20", "drawz: 20", "drawz"),
        ("draws: 20", "draws: -1", "draws"),
        ("sex: [immigration", "sex: [parliament", "parliament"),
        ("seed: 2008\n", "", "seed"),
        ("seed: 2008", "seed: [2008", "no YAML"),
        ("most_records: 12", "most_records: 1", "most_records"),
    ],
)
def test_rules_that_do_not_fit_are_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    """A misspelt threshold must not silently be the default."""
    path = tmp_path / "linkage.yml"
    text = GIVEN.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(LinkageError, match=said) as caught:
        read_rules(path)
    assert str(caught.value).startswith("linkage.yml")
