"""The reference interpreter: the specification of what a rule set means.

It is a plain three-valued interpreter without index or cache; the tests compare every other engine with it. A condition
on an unanswered fact is unknown; on a fact that is not asked it is false. A rule has *fired* when at least one
conjunction of its ``when`` is true and every condition of its ``unless`` is false. It is *ruled out* when every
conjunction is false or a condition of ``unless`` is true. Otherwise it is *open*. Only fired rules have effects.
"""

from __future__ import annotations

from collections.abc import Mapping

from triage.engines.evaluation import Evaluation
from triage.model.rule import Answers, Condition, Conjunction, Rule, Truth
from triage.model.ruleset import RuleSet
from triage.model.truth import all_of, any_of, holds, not_
from triage.model.vocabulary import Vocabulary


def evaluate(ruleset: RuleSet, given: Answers) -> Evaluation:
    """Evaluate every active rule on the answers given.

    Rules that derive a fact read the given answers only, and derive only facts without an answer. All other rules read
    the given and the derived answers.
    """
    vocabulary = ruleset.vocabulary
    truths = {rule.id: _derives(rule, vocabulary, given) for rule in ruleset.deriving}
    derived = {rule.derives.fact: rule.derives.value for rule in ruleset.deriving if rule.derives and truths[rule.id]}
    answers = {**given, **derived}
    truths |= {rule.id: rule_truth(rule, vocabulary, answers) for rule in ruleset.concluding}
    asked_before, asked = _asked(vocabulary, given), _asked(vocabulary, answers)
    fired = frozenset(id_ for id_, truth in truths.items() if truth)
    still_open = frozenset(id_ for id_, truth in truths.items() if truth is None)
    held = {rule.id: _held(rule, vocabulary, given, asked_before) for rule in ruleset.deriving if rule.id in fired}
    held |= {rule.id: _held(rule, vocabulary, answers, asked) for rule in ruleset.concluding if rule.id in fired}
    return Evaluation(fired, still_open, held, derived, answers, asked)


def rule_truth(rule: Rule, vocabulary: Vocabulary, answers: Answers) -> Truth:
    """Whether one rule fires: True is fired, False ruled out, None open."""

    def holds_here(condition: Condition) -> Truth:
        return all_of((vocabulary.asked(condition.fact, answers), holds(condition, answers)))

    def all_hold(conjunction: Conjunction) -> Truth:
        return all_of(map(holds_here, conjunction))

    return all_of((any_of(map(all_hold, rule.when)), not_(any_of(map(holds_here, rule.unless)))))


def _held(rule: Rule, vocabulary: Vocabulary, answers: Answers, asked: Mapping[str, Truth]) -> int:
    """The index of the first alternative that holds of a rule that fired."""
    return [all_of(vocabulary.truth(condition, answers, asked) for condition in when) for when in rule.when].index(True)


def _asked(vocabulary: Vocabulary, answers: Answers) -> dict[str, Truth]:
    return {fact.name: vocabulary.asked(fact.name, answers) for fact in vocabulary.gated}


def _derives(rule: Rule, vocabulary: Vocabulary, given: Answers) -> Truth:
    """Whether a rule derives its fact: it fires, and the fact has no given answer."""
    assert rule.derives
    return all_of((rule.derives.fact not in given, rule_truth(rule, vocabulary, given)))
