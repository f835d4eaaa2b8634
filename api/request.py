"""The state of a running service (rule set, reader, assessor), and reading a referral from a request."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from time import perf_counter
from typing import TYPE_CHECKING

from fastapi import Request

from api.measures import count_answer
from api.records.replaying import Replayer
from api.records.rule_sets import RunningRules, running_rules
from api.records.service import Records
from api.work import Helpers, Queue, explanation_queue, thread_queue
from triage.answer.assess import Assessor, build_assessor
from triage.answer.model import Answer, UrgencyPart
from triage.answer.probes import Probe, check_answers
from triage.answer.problem_urgency import urgency_of_refused, urgency_of_unanswered
from triage.check import load_ruleset
from triage.model.ruleset import RuleSet
from triage.reading.json_text import parse_json
from triage.reading.referral import Referral, RefusedReferral
from triage.reading.referral_reader import ReferralReader
from triage.settings import Settings, now

if TYPE_CHECKING:
    from api.people.openid.provider import Provider
    from api.proofs import Proofs


MOST_INCOMPLETE = 32
"""How many incomplete referrals may be under way: about a third of a second of work."""
MOST_EXPLAINING = 8
"""How many explanations may be under way: some seconds of work."""
BODY_SECONDS = 10.0
"""How long a client may take to send a body."""


class TooSlow(Exception):
    """The request's body did not come in time."""


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
    rules: RunningRules
    probes: tuple[Probe, ...] = ()
    clock: Callable[[], datetime] = now

    @cached_property
    def helpers(self) -> Helpers:
        """The processes that answer incomplete referrals."""
        return Helpers(self.ruleset, self.settings, MOST_INCOMPLETE)

    @cached_property
    def incomplete(self) -> Queue:
        """The work of answering what incomplete referrals can become, where no process helps."""
        return thread_queue("incomplete", MOST_INCOMPLETE)

    @cached_property
    def explaining(self) -> Queue:
        """The work of explaining other ratings, in a process of its own."""
        return explanation_queue(self.ruleset, MOST_EXPLAINING)

    @cached_property
    def records(self) -> Records:
        """The records, in a database that is opened when it is first needed."""
        return Records(self.settings, self.assessor, self.rules, self.clock)

    @cached_property
    def openid(self) -> Provider:
        """The OpenID provider by which people sign in."""
        from api.people.openid.provider import Provider  # here, so that a service without one needs no HTTP client

        return Provider(self.settings)

    @cached_property
    def replayer(self) -> Replayer:
        """What answers stored referrals again."""
        return Replayer(self.settings)

    async def assess(self, referral: Referral) -> Answer:
        """Answer a referral: a complete one at once, an incomplete one beside other requests.

        Raises Overloaded where too many wait already.
        """
        started = perf_counter()
        is_complete = self.ruleset.vocabulary.is_complete(referral.answers)
        if is_complete:
            answer = self.assessor.assess(referral)
        else:
            answer = await self._assess_incomplete(referral)
        count_answer(answer, perf_counter() - started, is_complete=is_complete)
        return answer

    async def _assess_incomplete(self, referral: Referral) -> Answer:
        answer = await self.helpers.assess(referral)
        if answer is None:
            answer = await self.incomplete.run(self.assessor.assess, referral)
        return answer

    def close(self) -> None:
        """Stop the work that runs beside requests."""
        self.helpers.close()
        self.incomplete.close()
        self.explaining.close()
        self.records.close()

    @cached_property
    def proofs(self) -> Proofs:
        """The proofs of the running rules, made in the background."""
        from api.proofs import Proofs

        return Proofs(self.ruleset, self.settings.rules)


def build_state(settings: Settings) -> State:
    """Load and check the rule set and make its engines.

    Raises FaultyRuleSet, which names every file that is not sound, or an example that can't be answered: a service does
    not start with one. Raises RulesChanged where the files were changed meanwhile.
    """
    assessor = build_assessor(load_ruleset(settings.rules), settings)
    return state_with(settings, assessor, check_answers(assessor))


def state_with(settings: Settings, assessor: Assessor, probes: tuple[Probe, ...]) -> State:
    """The state of a service with an assessor that was made and checked before. Raises RulesChanged."""
    ruleset = assessor.ruleset
    rules = running_rules(ruleset, settings.rules, settings.rules_digest)
    return State(settings, ruleset, ReferralReader(ruleset.vocabulary), assessor, rules, probes)


def state_of(request: Request) -> State:
    """The state of the service that a request came to."""
    state = request.app.state.service
    assert isinstance(state, State)
    return state


async def body_of(request: Request, limit: int | None = None) -> bytes:
    """The request's body.

    Raises TooLarge as soon as more came than ``limit``, or than the service reads; TooSlow where it does not come.
    """
    limit = limit or state_of(request).settings.largest_request
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limit:
        raise TooLarge(limit)
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > limit:
                    raise TooLarge(limit)
    except TimeoutError:
        raise TooSlow from None
    return bytes(body)


async def referral_of(request: Request) -> Referral:
    """The referral in the request's body. Raises RefusedReferral or TooLarge."""
    return remembered(request, state_of(request).reader.read(parse_json(await body_of(request))))


def remembered(request: Request, referral: Referral) -> Referral:
    """Keep the referral with the request, so that the answer to a later failure can state its urgency."""
    request.state.referral = referral
    return referral


def urgency_of(request: Request, error: Exception) -> UrgencyPart | None:
    """The urgency of a request's unanswered referral; None where no referral could be read."""
    assessor = state_of(request).assessor
    if isinstance(error, RefusedReferral):
        return urgency_of_refused(assessor, error)
    referral = getattr(request.state, "referral", None)
    return None if referral is None else urgency_of_unanswered(assessor, referral, error)
