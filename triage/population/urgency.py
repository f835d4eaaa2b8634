"""The columns of the level so far: the rules that fired and the floors of unanswered core facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from triage.model.fact import Fact
from triage.model.ruleset import RuleSet
from triage.population.expressions import FALSE, TRUE, Boolean, Highest, Named, all_of, any_of, not_
from triage.population.three_valued import AnswerColumns, Naming


@dataclass(frozen=True, slots=True)
class UrgencyColumns:
    """The names of the columns of the level so far, its rank counted from 0.

    ``by_rules`` is the level of the rules alone. ``missing`` says by core fact where its answer is missing.
    """

    level: str
    by_rules: str
    not_sorted: str
    on_hold: Boolean
    missing: Mapping[str, str]


def triage_level(
    ruleset: RuleSet,
    fires: Mapping[str, Boolean],
    given: AnswerColumns,
    answers: AnswerColumns,
    in_part: Mapping[str, Boolean],
    named: Naming,
) -> UrgencyColumns:
    """The columns of the level. ``given`` are the answers that count, ``answers`` those with what is derived."""
    scales = ruleset.scales
    ranks = range(1, len(scales.urgencies))
    missing = {
        fact.name: Named(named(_is_missing(fact, given, in_part.get(fact.name, FALSE)), "missing"))
        for fact in ruleset.vocabulary
        if fact.can_be_core
    }
    setting = {rank: [] for rank in ranks} | {0: list[Boolean]()}  # type: dict[int, list[Boolean]]
    for rule in ruleset.concluding:
        if rule.urgency is not None:
            setting[scales.urgency_rank(rule.urgency.level)].append(fires[rule.id])
    by_rules = {rank: Named(named(any_of(setting[rank]), "level_by_rules")) for rank in ranks}
    floors = _floors(ruleset, missing, answers, named)
    reached = _or_higher({rank: any_of((by_rules[rank], floors.get(rank, FALSE))) for rank in ranks})
    reached = {rank: Named(named(holds, "level_reached")) for rank, holds in reached.items()}
    return UrgencyColumns(
        level=named(Highest(tuple(reached.items())), "level"),
        by_rules=named(Highest(tuple(by_rules.items())), "by_rules"),
        not_sorted=named(_not_sorted(scales.urgency_rank(scales.floor), by_rules, reached), "not_sorted"),
        on_hold=_on_hold(ruleset, reached),
        missing={name: column.name for name, column in missing.items()},
    )


def _or_higher(by_rank: Mapping[int, Boolean]) -> dict[int, Boolean]:
    """Where this rank or a higher one holds, by rank."""
    return {rank: any_of(holds for other, holds in by_rank.items() if other >= rank) for rank in by_rank}


def _not_sorted(floor: int, by_rules: Mapping[int, Boolean], reached: Mapping[int, Boolean]) -> Boolean:
    """Where the level rests on a floor alone: it is above that of the rules, and these are below the general floor."""
    ruled = _or_higher(by_rules)
    above = any_of(all_of((reached[rank], not_(ruled[rank]))) for rank in reached)
    return all_of((above, not_(ruled.get(floor, TRUE))))


def _on_hold(ruleset: RuleSet, reached: Mapping[int, Boolean]) -> Boolean:
    """Where the level is one at which no rating is shown."""
    ranks = {ruleset.scales.urgency_rank(level) for level in ruleset.scales.hold_at}
    every = {0: TRUE, **reached}
    return any_of(all_of((every[rank], not_(every.get(rank + 1, FALSE)))) for rank in sorted(ranks))


def _is_missing(fact: Fact, given: AnswerColumns, in_part: Boolean) -> Boolean:
    """Where a core fact that is or may be asked is not answered."""
    unanswered = any_of((in_part, not_(given.is_answered(fact.name))))
    return all_of((unanswered, given.asked(fact.name).possible, _is_core(fact, given)))


def _is_core(fact: Fact, given: AnswerColumns) -> Boolean:
    match fact.core.kind:
        case "never":
            return FALSE
        case "always":
            return TRUE
        case "when":
            return given.any_holds(fact.core.when).possible
        case "given":
            return given.is_given(fact.core.given)


def _floors(
    ruleset: RuleSet, missing: Mapping[str, Boolean], answers: AnswerColumns, named: Naming
) -> Mapping[int, Boolean]:
    """Where a floor of each rank holds: that of the fact while its condition holds, else the general one."""
    rank = ruleset.scales.urgency_rank
    floors: dict[int, list[Boolean]] = {}
    for fact in ruleset.vocabulary:
        if fact.name in missing:
            own = FALSE if fact.floor is None else answers.any_holds(fact.floor.held_while).true
            if fact.floor is not None:
                floors.setdefault(rank(fact.floor.level), []).append(all_of((missing[fact.name], own)))
            floors.setdefault(rank(ruleset.scales.floor), []).append(all_of((missing[fact.name], not_(own))))
    return {of: Named(named(any_of(parts), "floor")) for of, parts in floors.items()}
