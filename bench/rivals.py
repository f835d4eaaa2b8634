"""Other rule engines on the same conjunctions and the same messages: CLIPS, and zen-engine with all in one expression.

They are no dependency of the project: ``make bench`` installs them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import Any

from triage.engines.rete.network import KIND, Messages, Test, network
from triage.model.rule import Answers, Rule
from triage.model.ruleset import RuleSet

Fires = Callable[[Mapping[str, Any]], set[str]]
"""Gives the ids of the rules that fire on a message."""
_CLIPS = {"$gte": ">=", "$lte": "<="}
_ZEN = {"$eq": "==", "$neq": "!=", "$gte": ">=", "$lte": "<="}


class Passes:
    """An engine's two passes, as the live engine makes them: what is derived first, then everything else."""

    def __init__(self, ruleset: RuleSet, build: Callable[[Mapping[str, list[Test]]], Fires]) -> None:
        self._vocabulary = ruleset.vocabulary
        self._derives = {rule.id: rule.derives for rule in ruleset.deriving if rule.derives}
        self._deriving = self._compiled(ruleset.deriving, build)
        self._concluding = self._compiled(ruleset.concluding, build)

    def _compiled(
        self, rules: Iterable[Rule], build: Callable[[Mapping[str, list[Test]]], Fires]
    ) -> tuple[Messages, Fires]:
        conjunctions = network(rules, self._vocabulary)
        plain = {name: [test for test in tests if test.field != "kind"] for name, tests in conjunctions.items()}
        return Messages(self._vocabulary, conjunctions), build(plain)

    def fired(self, answers: Answers) -> frozenset[str]:
        """The ids of the rules that fire."""
        asked = self._vocabulary.asked_all(answers)
        screened: set[str] = set()
        if any(effect.fact not in answers for effect in self._derives.values()):
            messages, fires = self._deriving
            screened = {id_ for id_ in fires(messages.of(answers, asked)) if self._derives[id_].fact not in answers}
        if screened:
            answers = {**answers, **{self._derives[id_].fact: self._derives[id_].value for id_ in screened}}
            asked = self._vocabulary.asked_all(answers)
        messages, fires = self._concluding
        return frozenset(screened | fires(messages.of(answers, asked)))


def clips(conjunctions: Mapping[str, list[Test]]) -> Fires:
    """A CLIPS environment with a rule for each conjunction, which reports its id."""
    engine = import_module("clips")

    fields = dict.fromkeys(test.field for tests in conjunctions.values() for test in tests)
    reported: set[str] = set()
    environment = engine.Environment()
    environment.define_function(reported.add, name="report")
    environment.build(f"(deftemplate {KIND} {' '.join(f'(slot {field} (default nil))' for field in fields)})")
    for name, tests in conjunctions.items():
        by_field: dict[str, list[Test]] = {}
        for test in tests:
            by_field.setdefault(test.field, []).append(test)
        slots = " ".join(_slot(field, alike, place) for place, (field, alike) in enumerate(by_field.items()))
        environment.build(
            f'(defrule r{name.replace("#", "_")} ({KIND} {slots}) => (report "{name.partition("#")[0]}"))'
        )
    template = environment.find_template(KIND)

    def fires(message: Mapping[str, Any]) -> set[str]:
        reported.clear()
        fact = template.assert_fact(**{field: value for field, value in message.items() if field in fields})
        environment.run()
        fact.retract()
        return set(reported)

    return fires


def _slot(field: str, tests: list[Test], place: int) -> str:
    """What CLIPS asks of one field: it has a value, and all comparisons hold."""
    variable = f"?v{place}"
    asked = [f"{variable}&~nil"]
    for test in tests:
        literal = f'"{test.value}"' if isinstance(test.value, str) else str(test.value)
        match test.operator:
            case "$eq":
                asked.append(literal)
            case "$neq":
                asked.append(f"~{literal}")
            case operator:
                asked.append(f":({_CLIPS[operator]} {variable} {literal})")
    return f"({field} {'&'.join(asked)})"


def zen(conjunctions: Mapping[str, list[Test]]) -> Fires:
    """One zen expression that lists the ids of all conjunctions that hold."""
    engine = import_module("zen")

    listed = [f'({" and ".join(map(_compared, tests))}) ? "{name.partition("#")[0]}" : null'
              for name, tests in conjunctions.items()]  # fmt: skip
    expression = engine.compile_expression(f"[{', '.join(listed)}]")
    return lambda message: {id_ for id_ in expression.evaluate(dict(message)) if id_ is not None}


def _compared(test: Test) -> str:
    literal = f'"{test.value}"' if isinstance(test.value, str) else str(test.value)
    return f"{test.field} != null and {test.field} {_ZEN[test.operator]} {literal}"
