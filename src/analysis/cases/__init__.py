"""Records of many senders in, persons out, with how sure it is who is whom.

``rules``       thresholds, blocking and precedence (``data/linkage.yml``)
``records``     one record for each person of each sender
``comparing``   what is compared and how, for splink
``fitting``     the model fitted, pairs scored
``deciding``    scored pairs and verdicts of reviewers to groups; drawn groups
``clusters``    pairs to groups, with what may never be one person
``pseudonyms``  the stable name of each person
``linking``     a whole run, kept in the store
``review``      the clerical band, out to files and back
``resolve``     records of one person to one row
``opened``      the store as `Cases`, for indicators and notebooks
"""

from __future__ import annotations

from analysis.cases.linking import LinkReport, link
from analysis.cases.opened import open_cases
from analysis.cases.rules import LinkageRules, read_rules

__all__ = ["LinkReport", "LinkageRules", "link", "open_cases", "read_rules"]
