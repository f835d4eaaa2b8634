"""The reference interpreter: the specification of what a rule set means.

It is a plain three-valued interpreter without index or cache; the tests compare every other engine with it. A condition
on an unanswered fact is unknown; on a fact that is not asked it is false. A rule has *fired* when at least one
conjunction of its ``when`` is true and every condition of its ``unless`` is false. It is *ruled out* when every
conjunction is false or a condition of ``unless`` is true. Otherwise it is *open*. Only fired rules have effects.
"""

from __future__ import annotations

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
    asked = {fact.name: vocabulary.asked(fact.name, answers) for fact in vocabulary.gated}
    fired = frozenset(id_ for id_, truth in truths.items() if truth)
    still_open = frozenset(id_ for id_, truth in truths.items() if truth is None)
    held = {rule.id: _held(rule, vocabulary, given) for rule in ruleset.deriving if rule.id in fired}
    held |= {rule.id: _held(rule, vocabulary, answers) for rule in ruleset.concluding if rule.id in fired}
    return Evaluation(fired, still_open, held, derived, answers, asked)


def rule_truth(rule: Rule, vocabulary: Vocabulary, answers: Answers) -> Truth:
    """Whether one rule fires: True is fired, False ruled out, None open."""

    some_alternative = any_of(_truth(conjunction, vocabulary, answers) for conjunction in rule.when)
    stopped = any_of(_truth((condition,), vocabulary, answers) for condition in rule.unless)
    return all_of((some_alternative, not_(stopped)))


def _truth(conjunction: Conjunction, vocabulary: Vocabulary, answers: Answers) -> Truth:
    """Whether all conditions of a conjunction hold, each of a fact that is asked."""

    def holds_here(condition: Condition) -> Truth:
        return all_of((vocabulary.asked(condition.fact, answers), holds(condition, answers)))

    return all_of(map(holds_here, conjunction))


def _held(rule: Rule, vocabulary: Vocabulary, answers: Answers) -> int:
    """The index of the first alternative of a rule that holds; the rule fired."""
    return [_truth(conjunction, vocabulary, answers) for conjunction in rule.when].index(True)


def _derives(rule: Rule, vocabulary: Vocabulary, given: Answers) -> Truth:
    """Whether a rule derives its fact: it fires, and the fact has no given answer."""
    assert rule.derives
    return all_of((rule.derives.fact not in given, rule_truth(rule, vocabulary, given)))
