"""Check at start-up that every kind of answer can be given, on referrals chosen from the examples of the rules.

A rule set that would fail on referrals with some rating, level or course fails here, before the first referral.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from triage.answer.assess import Assessor
from triage.answer.decide import decide
from triage.answer.fired_rules import evaluate
from triage.engines.outcome import Bounds, Common
from triage.model.faults import NOWHERE, Fault, FaultyRuleSet
from triage.model.rule import Answers, Example, Rule, Supports, Value
from triage.model.ruleset import RuleSet
from triage.model.scales import LOWEST_URGENCY, NO_SUPPORT, ON_HOLD
from triage.model.vocabulary import Vocabulary
from triage.model.written import encode
from triage.reading.referral import Referral


@dataclass(frozen=True, slots=True)
class Probe:
    """A referral to answer at start-up, with the rule and the example that it comes from."""

    answers: Answers
    rule: Rule
    example: Example


def choose_probes(assessor: Assessor) -> tuple[Probe, ...]:
    """Choose an example for each rating, level and course that the examples reach, and for each level on hold.

    Raises FaultyRuleSet where the rules can't be run on an example.
    """
    chosen: dict[tuple[str, str], Probe] = {}
    wanted = _wanted(assessor.ruleset)
    for probe in _candidates(assessor.ruleset):
        for kind in _kinds(assessor, probe):
            chosen.setdefault(kind, probe)
        if wanted <= chosen.keys():
            break
    return tuple({id(probe): probe for probe in chosen.values()}.values())


def check_answers(assessor: Assessor, probes: tuple[Probe, ...] | None = None) -> tuple[Probe, ...]:
    """Answer the empty referral and every probe, and return the probes. Without ``probes``, they are chosen.

    Raises FaultyRuleSet with each example that can't be answered.
    """
    asked = choose_probes(assessor) if probes is None else probes
    faults = [*_of_the_empty_referral(assessor), *(fault for probe in asked for fault in _answered(assessor, probe))]
    if faults:
        raise FaultyRuleSet(faults)
    return asked


def _wanted(ruleset: RuleSet) -> set[tuple[str, str]]:
    """Every rating, level and course. "Insufficient information" is left to the empty referral."""
    scales, course = ruleset.scales, ruleset.course
    plans = (course.default, *course.lengths) if course else ()
    return {
        *(("rating", rating) for rating in (*scales.rating_ids, ON_HOLD)),
        *(("level", level) for level in scales.urgency_ids),
        *(("course", plan.id) for plan in plans),
    }


_EVERY = 20
"""One example in so many is tried with every question answered: that is slow and reaches few kinds of answer."""


def _candidates(ruleset: RuleSet) -> Iterator[Probe]:
    """Candidates: some examples with every question answered, then each as it is and with core questions neutral.

    Among the latter, examples of supports come first, since only they reach a course.
    """
    vocabulary = ruleset.vocabulary
    firing = [(rule, example) for rule in ruleset.rules for example in rule.examples if example.fires]
    for rule, example in firing[::_EVERY]:
        yield Probe(_completed(example.given, vocabulary), rule, example)
    for rule, example in sorted(firing, key=lambda of_rule: not of_rule[0].of(Supports)):
        yield Probe(example.given, rule, example)
        yield Probe(_cleared(example.given, vocabulary), rule, example)


def _cleared(given: Answers, vocabulary: Vocabulary) -> Answers:
    """The answers, with the neutral answer to each unanswered core question; as given if that contradicts them."""
    answers: dict[str, Value] = dict(given)
    for _ in range(2):  # a neutral answer may make another fact core
        for name in vocabulary.core_unanswered(answers):
            neutral = vocabulary[name].neutral
            if neutral is not None:
                answers[name] = neutral
    return given if vocabulary.contradictions(answers) else answers


def _completed(given: Answers, vocabulary: Vocabulary) -> Answers:
    """The answers, with the neutral (or else the first or lowest) answer to every other question that is asked.

    As given if that contradicts them.
    """
    answers = dict(_cleared(given, vocabulary))
    for fact in sorted(vocabulary, key=lambda fact: bool(fact.asked_when)):  # gated facts last: gates read ungated ones
        if fact.name in answers or vocabulary.asked(fact.name, answers) is False:
            continue
        first = fact.minimum if fact.is_integer else next(iter(fact.values))
        answers[fact.name] = first if fact.neutral is None else fact.neutral
    return given if vocabulary.contradictions(answers) else answers


def _kinds(assessor: Assessor, probe: Probe) -> Iterator[tuple[str, str]]:
    """The rating, level and course that the answer would have if no question were open."""
    try:
        fired = evaluate(assessor.check, assessor.live, assessor.reader.referral(probe.answers))
        so_far = fired.standing
        verdict = decide(fired, Bounds((so_far.rating,), (so_far.level,)), _nothing_in_common)
    except Exception as error:
        raise FaultyRuleSet([_unanswerable(probe, error)]) from error
    if verdict.rating != NO_SUPPORT or assessor.ruleset.vocabulary.is_complete(probe.answers):
        yield "rating", verdict.rating
    yield "level", verdict.level
    if verdict.common.plan is not None:
        yield "course", verdict.common.plan


def _nothing_in_common(_rating: str) -> Common:
    """Nothing: the rating of a probe is taken as settled, so it is never moved."""
    return Common()


def _of_the_empty_referral(assessor: Assessor) -> Iterator[Fault]:
    """The faults of the answer to the empty referral: it must be given, and must not have the lowest urgency."""
    about = assessor.ruleset.about
    place = about.place if about else NOWHERE
    try:
        answer = assessor.assess(Referral({}))
    except Exception as error:
        message = f"A referral of which nothing is known can't be answered: {error!r}."
        yield Fault(place, "answer", message, _FIX)
        return
    if answer.urgency.level == LOWEST_URGENCY:
        message = f"A referral of which nothing is known is called `{LOWEST_URGENCY}`."
        yield Fault(place, "answer", message, "Mark the questions on danger as `core_safety` in vocabulary.yaml.")


_FIX = "Hand this message to who keeps the engine."


def _answered(assessor: Assessor, probe: Probe) -> Iterator[Fault]:
    try:
        encode(assessor.assess(assessor.reader.referral(probe.answers)))
    except Exception as error:
        yield _unanswerable(probe, error)


def _unanswerable(probe: Probe, error: Exception) -> Fault:
    message = f"A referral like the example `{probe.example.name}` of `{probe.rule.id}` can't be answered: {error!r}."
    return Fault(probe.example.place, "answer", message, _FIX)
