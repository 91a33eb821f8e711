"""pyproject.toml, requirements.lock and environment.yml: one set of dependencies, three files."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

HOME = Path(__file__).parents[2]
PROJECT: dict[str, Any] = tomllib.loads((HOME / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (HOME / "requirements.lock").read_text(encoding="utf-8")
# How conda spells a package that another file spells differently: none today.
_ENTRY = re.compile(
    r"^(?P<requirement>[A-Za-z0-9][^\n\\]*?) \\\n(?P<hashes>(?:    --hash[^\n]*\n)+)", re.M
)


def _declared() -> dict[str, Requirement]:
    texts = [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["dev"]]
    return {canonicalize_name(found.name): found for found in map(Requirement, texts)}


def _locked() -> list[Requirement]:
    return [Requirement(entry["requirement"]) for entry in _ENTRY.finditer(LOCK)]


def _in_conda_environment() -> dict[str, Requirement]:
    content = yaml.safe_load((HOME / "environment.yml").read_text(encoding="utf-8"))
    plain = [entry for entry in content["dependencies"] if isinstance(entry, str)]
    by_pip = next(entry["pip"] for entry in content["dependencies"] if isinstance(entry, dict))
    texts = [text for text in [*plain, *by_pip] if not text.startswith("--")]
    return {canonicalize_name(found.name): found for found in map(Requirement, texts)}


def test_conda_users_get_what_pyproject_declares() -> None:
    """Two lists kept by hand drift apart; a reader with conda would find out first."""
    found = _in_conda_environment()
    assert str(found.pop("python").specifier) == PROJECT["project"]["requires-python"]
    found.pop("pip")
    declared = _declared()
    assert {name: str(one.specifier) for name, one in found.items()} == {
        name: str(one.specifier) for name, one in declared.items()
    }


def test_conda_file_names_no_package_twice() -> None:
    """The second of two bounds would win unseen."""
    lines = (HOME / "environment.yml").read_text(encoding="utf-8").splitlines()
    names = [re.split("[<>=]", line.strip(" -"))[0] for line in lines if ">=" in line]
    assert len(names) == len(set(names)) > 20


@pytest.mark.parametrize("name", sorted(_declared()))
def test_lock_holds_a_version_that_pyproject_allows(name: str) -> None:
    """A lock made before the last edit would install what nobody declared."""
    versions = [one for one in _locked() if canonicalize_name(one.name) == name]
    assert versions
    for one in versions:
        (pin,) = one.specifier
        assert pin.operator == "=="
        assert _declared()[name].specifier.contains(pin.version, prereleases=True)


def test_lock_pins_every_line_with_hashes() -> None:
    """One line without a hash would let an index decide what is installed."""
    lines = [line for line in LOCK.splitlines() if line.strip()]
    entries = list(_ENTRY.finditer(LOCK))
    covered = sum(1 + entry["hashes"].count("\n") for entry in entries)
    assert covered == len(lines)
    assert all(
        re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}(?: \\)?", line)
        for entry in entries
        for line in entry["hashes"].splitlines()
    )


def test_lock_names_no_address() -> None:
    """Offices use mirrors of their own; an address in the lock would bypass, or reveal, them."""
    assert not re.search(r"://|--index|--extra-index|--find-links|--trusted-host| @ ", LOCK)


def test_build_backend_is_locked_too() -> None:
    """The package is installed without build isolation, so its builder must be in the lock."""
    builders = map(Requirement, PROJECT["build-system"]["requires"])
    locked = {canonicalize_name(one.name) for one in _locked()}
    assert {canonicalize_name(one.name) for one in builders} <= locked
