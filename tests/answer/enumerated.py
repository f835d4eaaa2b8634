"""What an incomplete referral can still become by making every completion: slow and plain, for small rule sets."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product

from triage.engines import reference
from triage.engines.outcome import Bounds, Common, Consequence, OpenQuestion, Standing, StillOpen, standing
from triage.engines.plans import plan_for
from triage.model.fact import Fact
from triage.model.rule import Answers, Value
from triage.model.ruleset import RuleSet
from triage.model.truth import is_open, members
from triage.reading.referral import as_json


def values_of(fact: Fact, given: Value | None = None) -> list[Value]:
    """Every answer to a fact; of an open set every set that holds the members given."""
    if fact.is_integer:
        return list(range(fact.minimum, fact.maximum + 1))
    if not fact.is_set:
        return list(fact.values)
    known = members(given) if isinstance(given, frozenset) else frozenset[str]()
    others = [value for value in fact.values if value not in known]
    return [known | frozenset(more) for size in range(len(others) + 1) for more in combinations(others, size)]


class Enumerated:
    """Answers about all completions of a referral, each made and put to the reference."""

    def __init__(self, ruleset: RuleSet) -> None:
        self.ruleset = ruleset
        self._done: dict[frozenset[tuple[str, Value]], list[tuple[dict[str, Value], Standing]]] = {}

    def completions(self, answers: Answers) -> Iterator[dict[str, Value]]:
        """Every completion: each open question answered, each open set closed, nothing contradicted.

        An open set given to a question that is not asked stays: its members count for contradictions.
        """
        vocabulary = self.ruleset.vocabulary
        closed = {name: value for name, value in answers.items() if not is_open(value)}
        always = [fact for fact in vocabulary if not fact.asked_when and fact.name not in closed]
        for choice in product(*(values_of(fact, answers.get(fact.name)) for fact in always)):
            so_far = {**answers, **{fact.name: value for fact, value in zip(always, choice, strict=True)}}
            asked = [f for f in vocabulary.gated if f.name not in closed and vocabulary.asked(f.name, so_far)]
            for details in product(*(values_of(fact, answers.get(fact.name)) for fact in asked)):
                whole = {**so_far, **{fact.name: value for fact, value in zip(asked, details, strict=True)}}
                if not vocabulary.contradictions(whole):
                    yield whole

    def standings(self, answers: Answers) -> list[tuple[dict[str, Value], Standing]]:
        """Every completion with what it comes to."""
        key = frozenset(answers.items())
        if key not in self._done:
            self._done[key] = [(whole, self._standing(whole)) for whole in self.completions(answers)]
        return self._done[key]

    def _standing(self, whole: Answers) -> Standing:
        evaluation = reference.evaluate(self.ruleset, whole)
        return standing(self.ruleset, self.ruleset.fired(evaluation.fired), evaluation.answers)

    def bounds(self, answers: Answers) -> Bounds:
        """What rating and urgency can still be."""
        return self._bounds([outcome for _, outcome in self.standings(answers)])

    def _bounds(self, standings: list[Standing]) -> Bounds:
        scales = self.ruleset.scales
        ratings, levels = {outcome.rating for outcome in standings}, {outcome.level for outcome in standings}
        return Bounds(
            tuple(rating for rating in scales.rating_ids if rating in ratings),
            tuple(level for level in scales.urgency_ids if level in levels),
        )

    def of(self, answers: Answers) -> StillOpen:
        """The bounds, and a question for each unanswered fact: that it can change something is not looked at here."""
        done = self.standings(answers)
        names = self.ruleset.vocabulary.unanswered(answers)
        return StillOpen(
            self._bounds([outcome for _, outcome in done]), tuple(self._question(name, done) for name in names)
        )

    def _question(self, name: str, done: list[tuple[dict[str, Value], Standing]]) -> OpenQuestion:
        fact = self.ruleset.vocabulary[name]
        by_value: dict[Value, list[Standing]] = {}
        for whole, outcome in done:
            if name in whole and not is_open(whole[name]):
                by_value.setdefault(whole[name], []).append(outcome)
        would = []
        for value, with_value in by_value.items():
            bounds = self._bounds(with_value)
            would.append(Consequence(as_json(value, fact), bounds.suitability, bounds.urgency))
        return OpenQuestion(name, ("suitability", "urgency"), tuple(would))

    def common(self, answers: Answers, rating: str) -> Common:
        """What all completions with this rating have in common."""
        with_rating = [(whole, outcome) for whole, outcome in self.standings(answers) if outcome.rating == rating]
        best = [tuple(target.target for target in outcome.best) for _, outcome in with_rating]
        roles = {outcome.role for _, outcome in with_rating}
        certainties = {outcome.certainty for _, outcome in with_rating}
        plans = {plan_for(self.ruleset, targets, whole) for (whole, _), targets in zip(with_rating, best, strict=True)}
        return Common(
            tuple(target for target in self.ruleset.targets if all(target in targets for targets in best)),
            roles.pop() if len(roles) == 1 else None,
            certainties.pop() if len(certainties) == 1 else None,
            plans.pop() if len(plans) == 1 else None,
        )
