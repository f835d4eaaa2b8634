"""What completions come to by z3, from the formulas of the proofs: which values are reached, and which pairs differ.

They share no code with the diagrams. A completion is a referral in which every fact that is asked is answered and no
set that is asked is open, so that the formulas, which are of all referrals, have nothing unknown in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from triage.analysis.formulas import Formula, Search, every, holds_in, no, same, solving, some
from triage.analysis.symbolic import Symbolic
from triage.analysis.variables import Variables
from triage.engines.outcome import Bounds
from triage.model.rule import UNKNOWN, Answers, Value
from triage.model.ruleset import RuleSet
from triage.model.truth import is_open, members

MOST_SECONDS = 600.0
"""How long z3 may look for one model."""


class Completed:
    """The completions of a rule set's referrals, as variables and the formulas over them."""

    def __init__(self, ruleset: RuleSet, prefix: str = "") -> None:
        self.ruleset = ruleset
        self.variables = Variables(ruleset.vocabulary, [ruleset], prefix)
        self.symbolic = Symbolic(ruleset, self.variables)
        self.ratings = {rating: self.symbolic.rating_is(rating) for rating in ruleset.scales.rating_ids}
        self.levels = {level: self.symbolic.level_is(level) for level in ruleset.scales.urgency_ids}
        self._asked = {name: self.symbolic.given.asked(name) for name in ruleset.vocabulary.facts}
        self._given = {name: self.variables.given(name) for name in ruleset.vocabulary.facts}

    def asked(self, name: str) -> Formula:
        """The fact is asked."""
        return self._asked[name]

    def of(self, answers: Answers) -> Iterator[Formula]:
        """The variables are a completion of these answers."""
        for name in self.ruleset.vocabulary.facts:
            yield self._completes(name, answers[name]) if name in answers else self._answered_where_asked(name)

    def _answered_where_asked(self, name: str) -> Formula:
        """No answer makes its own question asked: that is for answers given."""
        gate = self.ruleset.vocabulary[name].asked_when
        gate_open = self.symbolic.given.any_holds(gate) if gate else every(())
        answered = self.variables.answered(name)
        return every((same(answered, gate_open), same(self._given[name], answered)))

    def _completes(self, name: str, value: Value) -> Formula:
        """The answer given; of an open set, where it is asked, a closed one with its members."""
        as_given = self.variables.is_answer(name, value)
        if not (isinstance(value, frozenset) and is_open(value)):
            return as_given
        held = self.variables.values[name]
        closed = every([self.variables.answered(name), *(held[member] for member in members(value) - {UNKNOWN})])
        return some((every((self._asked[name], closed)), every((no(self._asked[name]), as_given))))


class ByFormulas:
    """What an incomplete referral can become, by z3."""

    def __init__(self, ruleset: RuleSet) -> None:
        with solving:
            self._completed = Completed(ruleset)
            self._search = Search([self._completed.variables.accepted()], [], MOST_SECONDS)

    def bounds(self, answers: Answers) -> Bounds:
        """What rating and level can still be."""
        with solving:
            completes = list(self._completed.of(answers))
            ratings = self._reached(completes, self._completed.ratings)
            return Bounds(ratings, self._reached(completes, self._completed.levels))

    def _reached(self, completes: list[Formula], values: Mapping[str, Formula]) -> tuple[str, ...]:
        """The values that some completion has; a model settles the one that it has."""
        left, reached = dict(values), set[str]()
        while left:
            model = self._search.model(*completes, some(left.values()))
            if model is None:
                break
            reached |= {name for name, has_it in left.items() if holds_in(model, has_it)}
            left = {name: has_it for name, has_it in left.items() if name not in reached}
        return tuple(name for name in values if name in reached)


class PairsByFormulas:
    """What an answer can change, by z3: two completions that differ in it, otherwise in facts asked of one alone."""

    def __init__(self, ruleset: RuleSet) -> None:
        with solving:
            self._one, self._other = Completed(ruleset, "one "), Completed(ruleset, "other ")
            both = (self._one, self._other)
            self._search = Search([symbolic.variables.accepted() for symbolic in both], [], MOST_SECONDS)
            self._alike = {name: self._same_where_asked(name) for name in ruleset.vocabulary.facts}

    def _same_where_asked(self, name: str) -> Formula:
        in_one = some(no(completed.asked(name)) for completed in (self._one, self._other))
        return some((in_one, self._same(name)))

    def _same(self, name: str) -> Formula:
        return self._one.variables.same(self._other.variables, [name])

    def changes(self, answers: Answers, name: str) -> tuple[str, ...]:
        """Which of rating and urgency the answer to an unanswered fact can change."""
        with solving:
            one, other = self._one, self._other
            pair = [*one.of(answers), *other.of(answers), one.asked(name), other.asked(name), no(self._same(name))]
            pair += [alike for fact, alike in self._alike.items() if fact != name]
            rating = self._differ(pair, one.ratings, other.ratings)
            level = self._differ(pair, one.levels, other.levels)
            return ("suitability",) * rating + ("urgency",) * level

    def _differ(self, pair: list[Formula], ones: Mapping[str, Formula], others: Mapping[str, Formula]) -> bool:
        differ = some(no(same(ones[value], others[value])) for value in ones)
        return self._search.model(*pair, differ) is not None
