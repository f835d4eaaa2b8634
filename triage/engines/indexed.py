"""The indexed evaluator: it gives what the reference gives, fast enough to check the live engine on every referral.

Every distinct conjunction of the rules has a bit, and every condition of an ``unless`` counts as one. The conjunctions
that an answer makes false, and those that it leaves open, are cached by fact and value as two bit masks. All others
hold. The tests compare it with the reference. It shares no code with the live engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from triage.engines.evaluation import Evaluation
from triage.model.rule import Answers, Condition, Conjunction, Rule, Truth, Value, satisfies
from triage.model.ruleset import RuleSet

MOST_REMEMBERED = 10_000
"""The size at which the cache of an evaluator is emptied, in pairs of a fact and a value."""


@dataclass(frozen=True, slots=True)
class _Masks:
    """The conjunctions that are false, and those that are open where they are not false."""

    false: int = 0
    open: int = 0


@dataclass(frozen=True, slots=True)
class _Indexed:
    """A rule as bit masks of conjunctions: all alternatives of ``when``, and all conditions of ``unless``."""

    id: str
    when: int
    unless: int

    def truth(self, masks: _Masks) -> Truth:
        """Whether the rule fires."""
        not_true = masks.false | masks.open
        if self.unless & ~not_true:
            return False
        if not self.when & ~masks.false:
            return False
        if not self.when & ~not_true or self.unless & ~masks.false:
            return None
        return True


class IndexedEvaluator:
    """Evaluates the active rules of one rule set. It may be used from several threads at once."""

    def __init__(self, ruleset: RuleSet) -> None:
        self.ruleset = ruleset
        self._bits: dict[frozenset[Condition], int] = {}
        self._conditions: dict[str, dict[Condition, int]] = {}
        self._deriving = tuple((self._indexed(rule), rule.derives) for rule in ruleset.deriving if rule.derives)
        self._concluding = tuple(map(self._indexed, ruleset.concluding))
        self._all = (1 << len(self._bits)) - 1
        self._of_fact = {name: self._union(conditions.values()) for name, conditions in self._conditions.items()}
        self._known: dict[tuple[str, Value], _Masks] = {}
        self._derived = frozenset(effect.fact for _, effect in self._deriving)
        self._read_by_deriving = frozenset(name for rule in ruleset.deriving for name in rule.facts)
        self._reading: dict[str, list[_Indexed]] = {}
        for rule, indexed in zip(ruleset.concluding, self._concluding, strict=True):
            for name in rule.facts:
                self._reading.setdefault(name, []).append(indexed)
        self._with_alternative: dict[int, list[_Indexed]] = {}
        for indexed in self._concluding:
            for bit in _bits_of(indexed.when):
                self._with_alternative.setdefault(bit, []).append(indexed)

    def evaluate(self, given: Answers) -> Evaluation:
        """Evaluate every active rule on the answers given; the result equals that of the reference."""
        vocabulary = self.ruleset.vocabulary
        asked = vocabulary.asked_all(given)
        masks = self._masks_of(given, asked)
        truths, derived = self._derived_from(given, masks)
        answers = given
        if derived:
            answers = {**given, **derived}
            asked = vocabulary.asked_all(answers)
            masks = self._masks_of(answers, asked)
        for bit in _bits_of(self._all & ~masks.false):  # a rule without an alternative that may hold is ruled out
            for rule in self._with_alternative.get(bit, ()):
                truths[rule.id] = rule.truth(masks)
        fired = frozenset(id_ for id_, truth in truths.items() if truth)
        still_open = frozenset(id_ for id_, truth in truths.items() if truth is None)
        return Evaluation(fired, still_open, derived, answers, asked)

    def _derive(self, given: Answers) -> tuple[dict[str, Truth], dict[str, Value]]:
        """The truths of the rules that derive, and what they derive."""
        return self._derived_from(given, self._masks_of(given, self.ruleset.vocabulary.asked_all(given)))

    def _derived_from(self, given: Answers, masks: _Masks) -> tuple[dict[str, Truth], dict[str, Value]]:
        truths: dict[str, Truth] = {
            rule.id: effect.fact not in given and rule.truth(masks) for rule, effect in self._deriving
        }
        derived: dict[str, Value] = {effect.fact: effect.value for rule, effect in self._deriving if truths[rule.id]}
        return truths, derived

    def fired_with(self, known: Evaluation, given: Answers, name: str, value: Value) -> tuple[frozenset[str], Answers]:
        """The ids of the rules that fire on the answers given and one more, and these answers with what is derived.

        ``known`` is the evaluation of the answers given. Only the rules that the one more answer can change are looked
        at again: those that read its fact, or one that is asked by it.
        """
        vocabulary = self.ruleset.vocabulary
        more = {**given, name: value}
        asked = vocabulary.asked_all(more)
        truths: dict[str, Truth] = {}
        derived = known.derived
        if name in self._derived or not self._read_by_deriving.isdisjoint(self._changed(name, known.asked, asked)):
            truths, derived = self._derive(more)
        answers = {**more, **derived} if derived else more
        asked = vocabulary.asked_all(answers)
        masks = self._masks_of(answers, asked)
        changed = self._changed(name, known.asked, asked)
        changed |= {name for name in self._derived if derived.get(name) != known.derived.get(name)}
        rules = {rule.id: rule for name in changed for rule in self._reading.get(name, ())}
        truths |= {id_: rule.truth(masks) for id_, rule in rules.items()}
        return (known.fired - truths.keys()).union(id_ for id_, truth in truths.items() if truth), answers

    def _changed(self, name: str, before: Mapping[str, Truth], asked: Mapping[str, Truth]) -> set[str]:
        """The fact that is answered, and those that are asked now and were not, or the other way round."""
        return {name, *(other for other, truth in asked.items() if truth is not before[other])}

    def _masks_of(self, answers: Answers, asked: Mapping[str, Truth]) -> _Masks:
        """The conjunctions that are false and those that may be open, by these answers and what is asked."""
        false = open_ = 0
        for name, truth in asked.items():
            if truth is False:
                false |= self._of_fact.get(name, 0)
            elif truth is None:
                open_ |= self._of_fact.get(name, 0)
        for name in self._of_fact.keys() - answers.keys():
            open_ |= self._of_fact[name]
        known = self._known
        for answer in answers.items():
            masks = known.get(answer) or self._answered(*answer)
            false |= masks.false
            if masks.open:
                open_ |= masks.open
        return _Masks(false, open_)

    def _answered(self, name: str, value: Value) -> _Masks:
        """The conjunctions that this answer makes false by a condition on its fact, and those that it leaves open."""
        masks = self._conditions.get(name, {})
        truths = {condition: satisfies(condition, value) for condition in masks}
        answered = _Masks(
            self._union(mask for condition, mask in masks.items() if truths[condition] is False),
            self._union(mask for condition, mask in masks.items() if truths[condition] is None),
        )
        if len(self._known) > MOST_REMEMBERED:
            self._known.clear()
        self._known[name, value] = answered
        return answered

    def _indexed(self, rule: Rule) -> _Indexed:
        unless = ((condition,) for condition in rule.unless)
        return _Indexed(rule.id, self._union(map(self._bit, rule.when)), self._union(map(self._bit, unless)))

    def _bit(self, conjunction: Conjunction) -> int:
        conditions = frozenset(conjunction)
        if conditions not in self._bits:
            self._bits[conditions] = 1 << len(self._bits)
            for condition in conditions:
                reading = self._conditions.setdefault(condition.fact, {})
                reading[condition] = reading.get(condition, 0) | self._bits[conditions]
        return self._bits[conditions]

    def _union(self, masks: Iterable[int]) -> int:
        union = 0
        for mask in masks:
            union |= mask
        return union


def _bits_of(mask: int) -> Iterator[int]:
    """The bits that are set in a mask, each as a mask of its own."""
    while mask:
        bit = mask & -mask
        yield bit
        mask ^= bit
