"""The columns of the rating so far: supports and limits by target, which targets lead, role and certainty.

Every rating is a ladder of boolean columns, one for each rank: whether the rating is at least that. A limit takes rungs
away, a support adds them, and the overall rating has a rung where a leading target has it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from triage.model.fact import PRESENT, REMITTED
from triage.model.rule import Limits, Rule, Supports
from triage.model.ruleset import RuleSet
from triage.model.scales import LOWEST_WITH_CERTAINTY, LOWEST_WITH_ROLE, NO_SUPPORT
from triage.population.expressions import FALSE, Boolean, Highest, Named, all_of, any_of, not_
from triage.population.three_valued import AnswerColumns, Naming

Ladder = Mapping[int, Boolean]
Wanted = Callable[[Supports], bool]


def _any_support(_: Supports) -> bool:
    """Every support is wanted."""
    return True


@dataclass(frozen=True, slots=True)
class RatingColumns:
    """The names of the columns of the rating so far: its rank, and what is said beside it.

    ``supported`` says where a support counts. ``for_`` says by target where the rating is for it, ``role`` and
    ``certainty`` by their ids where they are reported; all of them are false where the rating is withheld
    (``on_hold``).
    """

    rating: str
    on_hold: str
    supported: str
    for_: Mapping[str, str]
    role: Mapping[str, str]
    certainty: Mapping[str, str]


def rate(
    ruleset: RuleSet, fires: Mapping[str, Boolean], answers: AnswerColumns, on_hold: Boolean, named: Naming
) -> RatingColumns:
    """The columns of the rating."""
    return _Rating(ruleset, fires, answers, on_hold, named).columns()


class _Rating:
    """The expressions of one rule set's ratings."""

    def __init__(
        self,
        ruleset: RuleSet,
        fires: Mapping[str, Boolean],
        answers: AnswerColumns,
        on_hold: Boolean,
        named: Naming,
    ) -> None:
        self._ruleset, self._fires, self._answers, self._on_hold, self._named = ruleset, fires, answers, on_hold, named
        self._ranks = range(1, len(ruleset.scales.ratings))
        self._rank = ruleset.scales.rating_rank
        self._targets = [target for target in ruleset.targets if self._supports(target) != FALSE]
        beside = self._conditions_beside()
        self._counts = {
            target: self._name(
                all_of(
                    (
                        self._supports(target),
                        not_(beside) if target in ruleset.scales.life_problems else not_(FALSE),
                    )
                ),
                "counts",
            )
            for target in self._targets
        }
        self._supported = self._name(any_of(self._counts.values()), "supported")
        self._leads, self._capped = self._leading()

    def columns(self) -> RatingColumns:
        """The names of the columns."""
        ladders = {target: self._ladder(target) for target in self._targets}
        overall = self._overall(ladders)
        shown = all_of((overall[self._rank(NO_SUPPORT) + 1], not_(self._on_hold)))
        best = {
            target: self._name(
                all_of((self._leads[target], *(any_of((not_(overall[r]), ladder[r])) for r in self._ranks))), "best"
            )
            for target, ladder in ladders.items()
        }
        return RatingColumns(
            rating=self._named(Highest(tuple(overall.items())), "rating"),
            on_hold=self._named(self._on_hold, "on_hold"),
            supported=self._named(self._supported, "supported"),
            for_={target: self._named(all_of((shown, is_best)), "for") for target, is_best in best.items()},
            role=self._roles(best, all_of((shown, overall[self._rank(LOWEST_WITH_ROLE)]))),
            certainty=self._certainties(best, all_of((shown, overall[self._rank(LOWEST_WITH_CERTAINTY)]))),
        )

    def _overall(self, ladders: Mapping[str, Ladder]) -> Ladder:
        """The highest rating of a leading target; without support no indication, under the limits on all targets."""
        overall: dict[int, Boolean] = {}
        for rank in self._ranks:
            rungs = [all_of((self._leads[target], ladder[rank])) for target, ladder in ladders.items()]
            if rank <= self._rank(NO_SUPPORT):
                rungs.append(all_of((not_(self._supported), not_(self._limited(None, rank)))))
            overall[rank] = self._name(any_of(rungs), "rating_reached")
        return overall

    def _ladder(self, target: str) -> Ladder:
        """Where the rating of a target with a support is at least each rank."""
        cap = self._rank(self._ruleset.scales.cap)
        return {
            rank: self._name(
                all_of(
                    (
                        self._supports(target, lowest=rank),
                        not_(self._limited(target, rank)),
                        not_(self._capped) if cap < rank else not_(FALSE),
                    )
                ),
                "target_reached",
            )
            for rank in self._ranks
        }

    def _supports(
        self, target: str, lowest: int = 0, highest: int | None = None, also: Wanted = _any_support
    ) -> Boolean:
        """Where a support of the target fired with a rank from ``lowest`` to ``highest`` that is wanted ``also``."""
        ranks = range(lowest, (self._ranks.stop if highest is None else highest + 1))
        return self._any_fires(
            lambda rule: any(
                target in support.targets and self._rank(support.rating) in ranks and also(support)
                for support in rule.of(Supports)
            )
        )

    def _limited(self, target: str | None, rank: int) -> Boolean:
        """Where a limit below this rank fired that applies to the target; None for those on all targets."""

        def is_below(limit: Limits) -> bool:
            applies = not limit.targets if target is None else limit.applies_to(target)
            return applies and self._rank(limit.to) < rank

        return self._any_fires(lambda rule: any(map(is_below, rule.of(Limits))))

    def _any_fires(self, wanted: Callable[[Rule], bool]) -> Boolean:
        rules = [rule for rule in self._ruleset.concluding if wanted(rule)]
        return self._name(any_of(self._fires[rule.id] for rule in rules), "some")

    def _conditions_beside(self) -> Boolean:
        """Where a condition is suspected or current that keeps life problems from counting."""
        vocabulary = self._ruleset.vocabulary
        names = [name for name in vocabulary.conditions if name not in vocabulary.not_a_condition_beside]
        return self._name(any_of(self._is(name, PRESENT) for name in names), "beside")

    def _is(self, name: str, values: Iterable[str]) -> Boolean:
        """Where a fact is known to be asked and has one of the values."""
        return all_of((self._answers.asked(name).true, self._answers.is_one_of(name, values)))

    def _leading(self) -> tuple[Mapping[str, Boolean], Boolean]:
        """Where each target leads, and where all are capped because the leading problem has no support."""
        about = {target: self._is_about(target) for target in self._targets}
        named = self._name(
            any_of(all_of((self._counts[target], about[target])) for target in self._targets), "leads_named"
        )
        leads = {
            target: self._name(all_of((self._counts[target], any_of((about[target], not_(named))))), "leads")
            for target in self._targets
        }
        vocabulary = self._ruleset.vocabulary
        capping = any_of(
            self._is(vocabulary.leading_fact, [value])
            for value, lead in vocabulary.leads.items()
            if vocabulary.leading_fact is not None and lead.otherwise == "all_lead_capped"
        )
        return leads, self._name(all_of((capping, self._supported, not_(named))), "capped")

    def _is_about(self, target: str) -> Boolean:
        """Where the leading problem is about the target."""
        vocabulary = self._ruleset.vocabulary
        parts = []
        for value, lead in vocabulary.leads.items():
            if vocabulary.leading_fact is not None:
                problem = self._is(vocabulary.leading_fact, [value])
                if target in lead.targets:
                    parts.append(problem)
                elif lead.also_remitted and target in vocabulary.conditions:
                    parts.append(all_of((problem, self._is(target, [REMITTED]))))
        return any_of(parts)

    def _roles(self, best: Mapping[str, Boolean], shown: Boolean) -> Mapping[str, str]:
        """Where each role is reported: the most cautious of the best targets."""
        by_role = {
            role.id: any_of(all_of((best[target], self._has_role(target, role.id))) for target in best)
            for role in self._ruleset.scales.roles
        }
        return self._first_of(by_role, shown, "role")

    def _has_role(self, target: str, role: str) -> Boolean:
        """Where a highest support of the target, or a limit that applies to it, carries the role."""
        supports = self._highest_supports(target, lambda support: support.role == role)
        limits = self._any_fires(
            lambda rule: any(limit.applies_to(target) and limit.role == role for limit in rule.of(Limits))
        )
        return any_of((supports, limits))

    def _certainties(self, best: Mapping[str, Boolean], shown: Boolean) -> Mapping[str, str]:
        """Where each certainty is reported: the lowest among the best targets, each of which has its highest."""
        certainties = [term.id for term in self._ruleset.scales.certainties]
        by_certainty = {
            certainty: any_of(
                all_of((best[target], self._has_certainty(target, certainty, certainties[:place]))) for target in best
            )
            for place, certainty in reversed(list(enumerate(certainties)))
        }
        return self._first_of(by_certainty, shown, "certainty")

    def _has_certainty(self, target: str, certainty: str, higher: Collection[str]) -> Boolean:
        """Where the highest supports of the target have this certainty, and none has a higher one."""
        this_one = self._highest_supports(target, lambda support: support.certainty == certainty)
        better = self._highest_supports(target, lambda support: support.certainty in higher)
        return all_of((this_one, not_(better)))

    def _highest_supports(self, target: str, wanted: Wanted) -> Boolean:
        """Where a support of the target that is wanted fired, and none with a higher rating."""
        return any_of(
            all_of((self._supports(target, rank, rank, wanted), not_(self._supports(target, lowest=rank + 1))))
            for rank in self._ranks
        )

    def _first_of(self, by_id: Mapping[str, Boolean], shown: Boolean, prefix: str) -> Mapping[str, str]:
        """Where each id is the first that holds."""
        first: dict[str, str] = {}
        earlier: list[Boolean] = []
        for id_, holds in by_id.items():
            reported = self._name(holds, prefix)
            if reported != FALSE:
                first[id_] = self._named(all_of((shown, reported, *map(not_, earlier))), prefix)
                earlier.append(reported)
        return first

    def _name(self, expression: Boolean, prefix: str) -> Boolean:
        if isinstance(expression, Named) or expression in (FALSE, not_(FALSE)):
            return expression
        return Named(self._named(expression, prefix))
