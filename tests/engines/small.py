"""Generate small rule sets and referrals that use the whole rule language, for comparing engines.

A vocabulary has facts of every type, gates, core facts with floors and reassuring answers, constraints, a leading fact,
speakers, and states in which reassurance does not count. A rule has one or several effects, which the rows of a table
share. A referral has open sets, answers to facts that are not asked, and answers by other people than the person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any, Literal

from hypothesis import strategies as st

from triage.model.fact import FIXED_VALUES, Clause, CoreRule, Fact, FactType, Floor, Label, Reassuring
from triage.model.rule import (
    UNKNOWN,
    Action,
    Advice,
    Answers,
    Between,
    Condition,
    Conjunction,
    Derives,
    Effect,
    Empty,
    Focus,
    Includes,
    Limits,
    OneOf,
    Rule,
    SourceRef,
    Supports,
    Urgency,
    Value,
)
from triage.model.ruleset import RuleSet
from triage.model.scales import (
    GENERAL_FLOOR,
    NOT_THE_LEADING_PROBLEM,
    BuiltInReason,
    FloorAction,
    LifeTarget,
    Line,
    Scales,
    Term,
    UrgencyTerm,
)
from triage.model.vocabulary import AtMost, Clouded, Constraint, Lead, Never, Speaker, Vocabulary
from triage.reading.counting import Counted, count_answers

TYPES: tuple[FactType, ...] = ("yes_no", "choice", "integer", "choices", "condition")
LEADING = "leading"
PROBLEMS = ("none", "one", "two")
SPEAKERS = (Speaker("person", "Person", counts=True), Speaker("relative", "Relative", counts=False, why="a relative"))


def _terms(*ids: str) -> tuple[Term, ...]:
    return tuple(Term(id_, id_) for id_ in ids)


SCALES = Scales(
    ratings=_terms("not_recommended", "no_indication", "possible", "suitable", "recommended"),
    urgencies=tuple(
        UrgencyTerm(id_, id_, {"hours": hours})
        for id_, hours in (("routine", 240), ("semi_urgent", 72), ("urgent", 24), ("very_urgent", 4), ("emergency", 0))
    ),
    certainties=_terms("high", "moderate", "low", "very_low"),
    roles=_terms("adjunct", "companion", "maintenance", "prevention", "monotherapy"),
    foci=_terms("grief", "role_dispute"),
    reported=_terms("on_hold", "insufficient_information"),
    hold_at=frozenset({"very_urgent", "emergency"}),
    built_in={
        NOT_THE_LEADING_PROBLEM: BuiltInReason(NOT_THE_LEADING_PROBLEM, "limits", "suitable", "", "", (SourceRef("s"),))
    },
    targets=(LifeTarget("dispute", "", life_problem=True), LifeTarget("loss", "", life_problem=True),
             LifeTarget("prevention", "")),
    dangers=_terms("life_in_danger", "support"),
    lines=(Line("leave_no_message", "never", "Leave no message."), Line("naloxone", "also", "Offer naloxone.")),
    floors={GENERAL_FLOOR: FloorAction("support", Action("Ask."))},
)  # fmt: skip


def fact_of(name: str, type_: FactType, asked_when: tuple[Conjunction, ...] = ()) -> Fact:
    names = [value for value, _ in FIXED_VALUES[type_]] if type_ in FIXED_VALUES else ["none", "some", "much"]
    labels = {} if type_ == "integer" else {value: Label(value) for value in names}
    maximum = 4 if type_ == "integer" else 0
    return Fact(name, type_, "all", f"{name}?", name, labels=labels, maximum=maximum, asked_when=asked_when)


@st.composite
def conditions(draw: st.DrawFn, fact: Fact) -> Condition:
    if fact.is_integer:
        low = draw(st.integers(fact.minimum, fact.maximum))
        return Between(fact.name, low, draw(st.integers(low, fact.maximum)))
    if fact.is_set and draw(st.integers(0, 2)) == 0:
        return Empty(fact.name, draw(st.booleans()))
    some = draw(st.frozensets(st.sampled_from(fact.values), min_size=1, max_size=len(fact.values) - 1))
    return Includes(fact.name, some) if fact.is_set else OneOf(fact.name, some)


@st.composite
def conjunctions(draw: st.DrawFn, facts: Sequence[Fact], least: int = 1, most: int = 3) -> Conjunction:
    chosen = draw(st.lists(st.sampled_from(facts), min_size=least, max_size=most))
    return tuple(draw(conditions(fact)) for fact in chosen)


@st.composite
def vocabularies(draw: st.DrawFn, most_facts: int = 4) -> Vocabulary:
    always = [fact_of(f"f{n}", draw(st.sampled_from(TYPES))) for n in range(draw(st.integers(2, most_facts)))]
    leading = draw(st.booleans())
    if leading:
        labels = {problem: Label(problem) for problem in PROBLEMS}
        always.append(replace(fact_of(LEADING, "choice"), labels=labels))
    gates = st.lists(conjunctions(always, 1, 2), min_size=1, max_size=2).map(tuple)
    types = st.sampled_from(TYPES)
    gated = [fact_of(f"g{n}", draw(types), draw(gates)) for n in range(draw(st.integers(0, 2)))]
    facts = [draw(_with_core(fact, always)) for fact in (*always, *gated)]
    conditions_ = [fact.name for fact in facts if fact.type == "condition"]
    clouded = conjunctions(always, 1, 1).map(lambda when: Clouded(when, "clouded"))
    return Vocabulary(
        {fact.name: fact for fact in facts},
        constraints=tuple(draw(st.lists(_constraint(facts), max_size=2))),
        speakers=SPEAKERS,
        clouded_while=tuple(draw(st.lists(clouded, max_size=1))),
        leading_fact=LEADING if leading else None,
        leads={problem: draw(_leads(conditions_)) for problem in PROBLEMS} if leading else {},
        not_a_condition_beside=frozenset(draw(st.permutations(conditions_))[: draw(st.integers(0, 1))]),
    )


@st.composite
def _with_core(draw: st.DrawFn, fact: Fact, always: Sequence[Fact]) -> Fact:
    """The fact, which may become core, have a floor, and have several reassuring answers."""
    kind: Literal["never", "always", "when", "given"] = draw(st.sampled_from(("never", "always", "when", "given")))
    if kind == "never":
        return fact
    other = draw(st.sampled_from([other_fact.name for other_fact in always]))
    core = CoreRule(
        kind, (draw(conjunctions(always, 1, 2)),) if kind == "when" else (), other if kind == "given" else ""
    )
    some = st.frozensets(st.sampled_from(fact.values), max_size=1) if fact.values else st.just(frozenset[str]())
    clauses: tuple[Clause, ...] = ("said_by", "clouded")
    reassuring = Reassuring(draw(some), draw(st.frozensets(st.sampled_from(clauses))), draw(some))
    level = draw(st.sampled_from(SCALES.urgency_ids))
    floor = draw(st.none() | st.builds(Floor, st.just(level), st.tuples(conjunctions(always, 1, 1))))
    return replace(fact, core=core, reassuring=reassuring, floor=floor)


def _leads(conditions_: Sequence[str]) -> st.SearchStrategy[Lead]:
    targets = (*conditions_, *(target.id for target in SCALES.targets))
    about = st.frozensets(st.sampled_from(targets), max_size=2).map(lambda chosen: tuple(sorted(chosen)))
    return st.builds(Lead, about, st.booleans(), st.sampled_from(("all_lead", "all_lead_capped")))


@st.composite
def _constraint(draw: st.DrawFn, facts: Sequence[Fact]) -> Constraint:
    numbers = [fact.name for fact in facts if fact.is_integer]
    if len(numbers) > 1 and draw(st.booleans()):
        lower, upper = draw(st.permutations(numbers))[:2]
        return AtMost("at-most", "", lower, upper, draw(st.integers(-1, 3)))
    given = draw(st.none() | st.sampled_from([fact.name for fact in facts]))
    return Never("never", "", draw(conjunctions(facts, 1, 2)), given)


@st.composite
def effects_of_a_rule(draw: st.DrawFn, targets: Sequence[str]) -> tuple[Effect, ...]:
    """One effect or several: up to two supports and two limits, and at most one of each other kind."""
    ratings = SCALES.rating_ids
    some = st.frozensets(st.sampled_from(targets), min_size=1, max_size=2).map(lambda chosen: tuple(sorted(chosen)))
    roles, certainties = (
        st.sampled_from([role.id for role in SCALES.roles]),
        st.sampled_from([certainty.id for certainty in SCALES.certainties]),
    )
    supports = st.builds(Supports, st.sampled_from(ratings[2:]), some, roles, certainties)
    limits = st.builds(
        Limits, st.sampled_from((ratings[0], *ratings[2:-1])), st.just(()) | some, certainties, st.none() | roles
    )
    urgency = st.builds(Urgency, st.sampled_from(SCALES.urgency_ids), st.sampled_from(("life_in_danger", "support")))
    kinds: dict[str, st.SearchStrategy[list[Any]]] = {
        "supports": st.lists(supports, min_size=1, max_size=2),
        "limits": st.lists(limits, min_size=1, max_size=2),
        "urgency": st.lists(urgency, min_size=1, max_size=1),
        "focus": st.just([Focus("grief")]),
        "advice": st.just([Advice("safety")]),
    }  # fmt: skip
    weighted = ("supports", "supports", "limits", "limits", "urgency", "urgency", "focus", "advice")
    chosen = dict.fromkeys(draw(st.lists(st.sampled_from(weighted), min_size=1, max_size=3)))
    return tuple(effect for kind in chosen for effect in draw(kinds[kind]))


@st.composite
def _rules(draw: st.DrawFn, vocabulary: Vocabulary, most: int) -> tuple[Rule, ...]:
    """Single rules, and tables whose rows share their effects; at least ``most`` rules, two more at the most."""
    facts = list(vocabulary)
    targets = [*(fact.name for fact in facts if fact.type == "condition"), *(target.id for target in SCALES.targets)]
    rules: list[Rule] = []
    while len(rules) < most:
        shared = draw(effects_of_a_rule(targets))
        rows = draw(st.integers(1, 3))
        for _ in range(rows):
            when = tuple(draw(st.lists(conjunctions(facts), min_size=1, max_size=2)))
            unless = draw(conjunctions(facts, 0, 2))
            table = "table" if rows > 1 else None
            rules.append(_rule(f"r{len(rules):02}", when, unless, shared, table))
    return tuple(draw(_covering(rules)))


def _rule(
    id_: str, when: tuple[Conjunction, ...], unless: Conjunction, effects: tuple[Effect, ...], table: str | None
) -> Rule:
    return Rule(id_, "", when, unless, effects, "", (SourceRef("s"),), table=table)  # fmt: skip


@st.composite
def _covering(draw: st.DrawFn, rules: Sequence[Rule]) -> list[Rule]:
    """The rules, some of which cover an earlier rule of the same or a lower level."""
    rank = SCALES.urgency_rank
    covering: list[Rule] = []
    for rule in rules:
        own = rule.urgency
        lower = [
            earlier.id
            for earlier in covering
            if own and earlier.urgency and rank(earlier.urgency.level) <= rank(own.level)
        ]
        if own and lower and draw(st.booleans()):
            covers = replace(own, covers=(draw(st.sampled_from(lower)),))
            effects = tuple(covers if effect is own else effect for effect in rule.effects)
            covering.append(replace(rule, effects=effects))
        else:
            covering.append(rule)
    return covering


@st.composite
def rulesets(draw: st.DrawFn, most_facts: int = 4, most_rules: int = 8) -> RuleSet:
    vocabulary = draw(vocabularies(most_facts))
    rules = draw(_rules(vocabulary, draw(st.integers(1, most_rules))))
    return RuleSet(vocabulary, SCALES, (*draw(_deriving(vocabulary)), *rules))


@st.composite
def _deriving(draw: st.DrawFn, vocabulary: Vocabulary) -> tuple[Rule, ...]:
    """Up to two rules that derive "suspected" for a condition, from facts that no rule derives."""
    targets = [fact.name for fact in vocabulary if fact.type == "condition" and not fact.asked_when]
    given = [fact for fact in vocabulary if fact.type != "condition"]
    if not targets or not given:
        return ()
    return tuple(
        _rule(f"d{n}", (draw(conjunctions(given, 1, 2)),), draw(conjunctions(given, 0, 1)),
              (Derives(draw(st.sampled_from(targets)), "suspected"),), None)
        for n in range(draw(st.integers(0, 2)))
    )  # fmt: skip


def answer_to(fact: Fact) -> st.SearchStrategy[Any]:
    """An answer to the fact as in a completion: no set is open."""
    if fact.is_integer:
        return st.integers(fact.minimum, fact.maximum)
    if fact.is_set:
        return st.frozensets(st.sampled_from(fact.values))
    return st.sampled_from(fact.values)


def answer_or_open_set(fact: Fact) -> st.SearchStrategy[Any]:
    """An answer to the fact as in a referral: a set that has a member may be open."""
    if not fact.is_set:
        return answer_to(fact)
    some = st.frozensets(st.sampled_from(fact.values), min_size=1)
    return answer_to(fact) | some.map(lambda known: known | {UNKNOWN})


@st.composite
def counted_referrals(draw: st.DrawFn, ruleset: RuleSet) -> Counted:
    """A valid referral: some answers without contradictions, and who gave them; which of them count is decided."""
    vocabulary = ruleset.vocabulary
    given: dict[str, Value] = {}
    for fact in vocabulary:
        if draw(st.integers(0, 2)):
            continue
        more = {**given, fact.name: draw(answer_or_open_set(fact))}
        given = given if vocabulary.contradictions(more) else more
    said_by = {name: draw(st.sampled_from(("person", "person", "relative"))) for name in given}
    return count_answers(vocabulary, given, said_by)


def referrals(ruleset: RuleSet) -> st.SearchStrategy[Answers]:
    """The answers of a referral that count."""
    return counted_referrals(ruleset).map(lambda counted: counted.answers)


def random_referral(ruleset: RuleSet, random: Random) -> Counted:
    """A referral like those of :func:`counted_referrals`, from a random generator, which is faster."""
    vocabulary = ruleset.vocabulary
    given: dict[str, Value] = {}
    answered = random.choice((0.1, 0.3, 0.6, 0.9, 1))
    for fact in vocabulary:
        more = {**given, fact.name: _random_answer(fact, random)}
        if random.random() < answered and not vocabulary.contradictions(more):
            given = more
    said_by = {name: "relative" if random.random() < 0.3 else "person" for name in given}
    return count_answers(vocabulary, given, said_by)


def _random_answer(fact: Fact, random: Random) -> Value:
    if fact.is_integer:
        return random.randint(fact.minimum, fact.maximum)
    if not fact.is_set:
        return random.choice(fact.values)
    some = frozenset(value for value in fact.values if random.random() < 0.5)
    return some | {UNKNOWN} if some and random.random() < 0.5 else some
