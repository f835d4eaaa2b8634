"""Check the clinical properties of ``rules/properties.yaml``, each by its kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from triage.analysis.about_rules import covers_at_most_own_level, one_step_a_reason, supports_reading
from triage.analysis.formulas import Formula, every, no, some
from triage.analysis.pairs import changes_neither, more_serious_lowers_nothing, obstacles
from triage.analysis.prover import Prover, Refuted
from triage.analysis.symbolic import Symbolic
from triage.analysis.variables import Variables
from triage.model.property import Property
from triage.model.rule import Conjunction, Limits, OneOf


def check_property(prover: Prover, property_: Property) -> None:
    """Check one property. Raises Refuted where it does not hold, SolverTimeout where that is not settled."""
    if property_.change_neither:
        changes_neither(prover, property_)
    elif property_.more_serious_lowers_nothing:
        more_serious_lowers_nothing(prover, property_)
    elif property_.obstacles:
        obstacles(prover, property_)
    elif property_.supports_reading is not None:
        supports_reading(prover.ruleset, property_)
    elif property_.covers_at_most_own_level:
        covers_at_most_own_level(prover.ruleset)
    elif property_.one_step_a_reason:
        one_step_a_reason(prover.ruleset, property_)
    else:
        _holds_of_each(prover, property_)


def _holds_of_each(prover: Prover, property_: Property) -> None:
    """Check that no single referral breaks the property, and that it is about at least one."""
    about = _about(prover.one, property_)
    for note, wrong in _wrong(prover.one, property_):
        prover.never(note, about, wrong)
    if not prover.can(about):
        raise Refuted("No referral is like this: the property says nothing.")


def _about(symbolic: Symbolic, property_: Property) -> Formula:
    """The referrals that a property is about."""
    variables = symbolic.variables
    formulas = []
    if property_.given:
        formulas.append(some(_given(variables, conjunction, alone=property_.alone) for conjunction in property_.given))
    formulas += [no(variables.holds(condition)) for condition in property_.unless]
    formulas += [no(variables.answered(name)) for name in property_.unanswered]
    if property_.beside_a_focus:
        formulas.append(symbolic.proposes_area())
    return every(formulas)


def _given(variables: Variables, conjunction: Conjunction, *, alone: bool) -> Formula:
    """All of the conditions hold; where ``alone``, no other fact has an answer."""
    named = {condition.fact for condition in conjunction}
    others = [no(variables.given(name)) for name in variables.values if alone and name not in named]
    return every([*map(variables.holds, conjunction), *others])


def _wrong(symbolic: Symbolic, property_: Property) -> Iterator[tuple[str, Formula]]:
    """Each way in which a referral can break the property: its note and its formula."""
    yield from _wrong_ratings(symbolic, property_)
    yield from _wrong_roles(symbolic, property_)
    yield from _wrong_levels(symbolic, property_)
    yield from _wrongly_shown(symbolic, property_)


def _wrong_ratings(symbolic: Symbolic, property_: Property) -> Iterator[tuple[str, Formula]]:
    """The rating is too high or too low: of the referral, or of each target that the property names."""
    for above in _next(symbolic.scales.rating_ids, property_.rating_at_most):
        for target in property_.targets:
            yield f"The rating for `{target}` is higher.", symbolic.target_at_least(target, above)
        if not property_.targets:
            yield "The rating is higher.", symbolic.rating_at_least(above)
    if property_.rating_at_least is not None:
        for target in property_.targets:
            yield (
                f"The rating for `{target}` is lower.",
                no(symbolic.target_at_least(target, property_.rating_at_least)),
            )
        if not property_.targets:
            yield "The rating is lower.", no(symbolic.rating_at_least(property_.rating_at_least))
    if property_.never_supported:
        for target in property_.targets:
            yield f"`{target}` is supported.", symbolic.supported(target)


def _wrong_roles(symbolic: Symbolic, property_: Property) -> Iterator[tuple[str, Formula]]:
    for role in property_.never_roles:
        for target in property_.targets:
            yield f"`{target}` has the role `{role}`.", symbolic.role_is(target, role)
    if property_.role is not None:
        for target in symbolic.supported_targets:
            note = f"`{target}` has the role `{property_.role}`."
            if property_.only_while is not None:
                yield (
                    note,
                    every((symbolic.role_is(target, property_.role), no(_is(symbolic, target, property_.only_while)))),
                )
            elif target not in property_.only_targets:
                yield note, symbolic.role_is(target, property_.role)


def _wrong_levels(symbolic: Symbolic, property_: Property) -> Iterator[tuple[str, Formula]]:
    if property_.level_at_least is not None:
        yield "The urgency is lower.", no(symbolic.level_at_least(property_.level_at_least))
    for above in _next(symbolic.scales.urgency_ids, property_.level_at_most):
        yield "The urgency is higher.", symbolic.level_at_least(above)
    if property_.reported_at_least is not None:
        yield "What is shown is lower.", no(symbolic.reported_at_least(property_.reported_at_least))


def _wrongly_shown(symbolic: Symbolic, property_: Property) -> Iterator[tuple[str, Formula]]:
    for line in property_.lines:
        yield f"The action does not show `{line}`.", no(symbolic.shows(line))
    if property_.never_suited is not None:
        yield "The format is called suited.", symbolic.suited(property_.never_suited)
    for therapy in property_.never_offered:
        yield f"`{therapy}` is offered.", symbolic.offered(therapy)
    for id_ in property_.never_fires:
        yield f"`{id_}` fires.", symbolic.fired[id_]
    for id_ in property_.never_limits:
        for target in symbolic.supported_targets:
            if any(limit.applies_to(target) for limit in symbolic.ruleset.by_id[id_].of(Limits)):
                limited = (
                    symbolic.fired[id_],
                    symbolic.supported(target),
                    _is(symbolic, target, property_.while_answered),
                )
                yield f"`{id_}` limits `{target}`.", every(limited)


def _is(symbolic: Symbolic, target: str, value: str | None) -> Formula:
    """The target is a condition and has this answer."""
    fact = symbolic.ruleset.vocabulary.facts.get(target)
    if value is None or fact is None or value not in fact.values:
        return some(())
    return symbolic.variables.holds(OneOf(target, frozenset({value})))


def _next(terms: Sequence[str], term: str | None) -> Sequence[str]:
    """The next higher term of a scale, if there is one."""
    return () if term is None else terms[terms.index(term) + 1 :][:1]
