"""Where each question of the form stands: in sight, folded, or folded as not needed; follow-ups under their opener."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from api.pages.entered import Entered
from triage.model.fact import Fact
from triage.model.rule import Condition, Conjunction, Empty, Includes, OneOf
from triage.model.ruleset import RuleSet
from triage.model.scales import HIGHEST_URGENCY
from triage.model.vocabulary import Group, Vocabulary

NONE_OF_THESE = "none_of_these"


@dataclass(frozen=True)
class Placed:
    """A question and the questions that stand directly under it."""

    fact: Fact
    under: tuple[Placed, ...] = ()

    def all(self) -> Iterator[tuple[Fact, str]]:
        """The question and everything under it, each with the name of the question that it stands under."""
        yield self.fact, ""
        for placed in self.under:
            for fact, above in placed.all():
                yield fact, above or self.fact.name


@dataclass(frozen=True)
class Section:
    """A group of questions: those in sight, those folded, and those folded that can't change the result."""

    group: Group
    shown: tuple[Placed, ...]
    folded: tuple[Placed, ...]
    not_needed: tuple[Placed, ...]


def sections(ruleset: RuleSet, entered: Entered, errors: Collection[str], not_needed: Collection[str]) -> list[Section]:
    """Every question in its group. In sight are those always asked, answered or at fault, with what is under them."""
    vocabulary = ruleset.vocabulary
    parents = {fact.name: _parent(fact, vocabulary, entered) for fact in vocabulary}
    arranged = []
    for group in vocabulary.groups:
        heads = [fact for fact in vocabulary if fact.group == group.id and parents[fact.name] is None]
        shown: list[Placed] = []
        folded: list[Placed] = []
        idle: list[Placed] = []
        for head in heads:
            placed = _with_followers(head, vocabulary, parents)
            names = {fact.name for fact, _ in placed.all()}
            in_sight = always_shown(head, vocabulary) or any(
                name in errors or not entered.is_empty(vocabulary[name]) for name in names
            )
            (shown if in_sight else idle if names <= set(not_needed) else folded).append(placed)
        if heads:
            arranged.append(Section(group, tuple(shown), tuple(folded), tuple(idle)))
    return arranged


def always_shown(fact: Fact, vocabulary: Vocabulary) -> bool:
    """Whether a question is in sight on an empty form: the safety questions and what the referral is about."""
    return fact.core.kind == "always" or fact.group == vocabulary.groups[0].id or fact.name == vocabulary.leading_fact


def _with_followers(fact: Fact, vocabulary: Vocabulary, parents: Mapping[str, str | None]) -> Placed:
    under = [other for other in vocabulary if parents[other.name] == fact.name]
    return Placed(fact, tuple(_with_followers(follower, vocabulary, parents) for follower in under))


def _parent(fact: Fact, vocabulary: Vocabulary, entered: Entered) -> str | None:
    """The question that a follow-up stands under: the first whose answer opens it, else the first that could."""
    if fact.core.kind == "given":
        return fact.core.given
    openers = [condition for conjunction in fact.asked_when for condition in conjunction]
    if not openers:
        return None
    opened_by = (condition.fact for condition in openers if _is_entered(condition, vocabulary, entered))
    return next(opened_by, openers[0].fact)


def _is_entered(condition: Condition, vocabulary: Vocabulary, entered: Entered) -> bool:
    """Whether what is entered fulfils a condition."""
    values = frozenset(entered.values(condition.fact))
    return bool(values & _fulfilling(condition, vocabulary))


def _fulfilling(condition: Condition, vocabulary: Vocabulary) -> frozenset[str]:
    """The values entered in the form that fulfil a condition."""
    match condition:
        case OneOf(values=values) | Includes(members=values):
            return frozenset(map(str, values))
        case Empty(empty=True):
            return frozenset({NONE_OF_THESE})
        case Empty():
            return frozenset(vocabulary[condition.fact].values)
    return frozenset()


def _single_conditions(ruleset: RuleSet) -> tuple[Condition, ...]:
    """The conditions that by themselves make a referral an emergency: of rules, and of floors."""
    alone: list[Conjunction] = []
    for rule in ruleset.rules:
        if rule.urgency is not None and rule.urgency.level == HIGHEST_URGENCY:
            alone += rule.when
    for fact in ruleset.vocabulary:
        if fact.floor is not None and fact.floor.level == HIGHEST_URGENCY:
            alone += fact.floor.held_while
    return tuple(conjunction[0] for conjunction in alone if len(conjunction) == 1)


def emergency_answers(ruleset: RuleSet) -> dict[str, frozenset[str]]:
    """The questions of which one answer alone is an emergency, in the vocabulary's order, with these answers."""
    vocabulary = ruleset.vocabulary
    answers: dict[str, frozenset[str]] = {}
    for condition in _single_conditions(ruleset):
        known = answers.get(condition.fact, frozenset())
        answers[condition.fact] = known | _fulfilling(condition, vocabulary)
    return {name: answers[name] for name in vocabulary.in_order(answers)}


def followers(vocabulary: Vocabulary) -> dict[str, dict[str, list[str]]]:
    """For each question that may stand under another: the questions that open it, each with the answers that do.

    A question that goes with another's score has that one, and no answers.
    """
    openers: dict[str, dict[str, list[str]]] = {}
    for fact in vocabulary:
        if fact.core.kind == "given":
            openers[fact.name] = {fact.core.given: []}
        for conjunction in fact.asked_when:
            for condition in conjunction:
                opened = openers.setdefault(fact.name, {}).setdefault(condition.fact, [])
                opened += sorted(_fulfilling(condition, vocabulary) - set(opened))
    return openers
