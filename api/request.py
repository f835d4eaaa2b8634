"""What one running service holds: its rule set, the reader of referrals and the assessor."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from fastapi import Request

from triage.answer.assess import Assessor, build_assessor
from triage.check import load_ruleset
from triage.model.ruleset import RuleSet
from triage.reading.referral import Referral, ReferralReader, parse_json
from triage.settings import Settings

if TYPE_CHECKING:
    from api.proofs import Proofs
    from triage.analysis.counterfactual import Explorer


class TooLarge(Exception):
    """The request's body is larger than the service reads."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        super().__init__(limit)


@dataclass(frozen=True)
class State:
    """The parts of a running service, made once."""

    settings: Settings
    ruleset: RuleSet
    reader: ReferralReader
    assessor: Assessor

    @cached_property
    def explorer(self) -> Explorer:
        """What explains other ratings; made at the first question, as a service starts without it."""
        from triage.analysis.counterfactual import Explorer

        return Explorer(self.ruleset)

    @cached_property
    def proofs(self) -> Proofs:
        """The proofs of the running rules, made in the background."""
        from api.proofs import Proofs

        return Proofs(self.ruleset, self.settings.rules)


def build_state(settings: Settings) -> State:
    """Load and check the rule set and make its engines.

    Raises FaultyRuleSet, which names every file that is not sound: a service does not start with one.
    """
    ruleset = load_ruleset(settings.rules)
    assessor = build_assessor(ruleset, settings)
    assessor.assess(Referral({}))
    return State(settings, ruleset, ReferralReader(ruleset.vocabulary), assessor)


def state_of(request: Request) -> State:
    """The state of the service that a request came to."""
    state = request.app.state.service
    assert isinstance(state, State)
    return state


async def body_of(request: Request, limit: int | None = None) -> bytes:
    """The request's body. Raises TooLarge as soon as more came than ``limit``, or than the service reads."""
    limit = limit or state_of(request).settings.largest_request
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limit:
        raise TooLarge(limit)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise TooLarge(limit)
    return bytes(body)


async def referral_of(request: Request) -> Referral:
    """The referral in the request's body. Raises RefusedReferral or TooLarge."""
    return state_of(request).reader.read(parse_json(await body_of(request)))
