"""Which version of a rule a clinician has read: a digest of all that its page says of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from msgspec import structs

from triage.model.rule import Rule
from triage.model.ruleset import RuleSet
from triage.model.written import encode
from triage.presenting.as_data import describe_rule
from triage.presenting.descriptions import ReviewDescription

_CHARACTERS = 16


def version_of(rule: Rule, ruleset: RuleSet) -> str:
    """The version of a rule: conditions, effects, reason, sources and examples in words and as data.

    Who signed it, who wrote it and in which file it stands make no other version.
    """
    unsigned = ReviewDescription(None, None)
    read = structs.replace(
        describe_rule(rule, ruleset), review=unsigned, awaiting_review=True, author=None, folder="", table=None
    )
    claims = [ruleset.source(ref.id).claims.get(ref.claim, "") for ref in rule.sources if ref.claim]
    return hashlib.sha256(encode(read) + "\0".join(claims).encode()).hexdigest()[:_CHARACTERS]


def version_of_all(versions: Mapping[str, str]) -> str:
    """The version of several rules together, by the version of each."""
    listed = "".join(f"{id_} {versions[id_]}\n" for id_ in sorted(versions))
    return hashlib.sha256(listed.encode()).hexdigest()[:_CHARACTERS]
