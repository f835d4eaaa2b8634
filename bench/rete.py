"""The live engine: one complete referral against the reference and against durable_rules' documented way in."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import Any

from durable.engine import Host, MessageNotHandledException  # type: ignore[import-untyped]

from bench.referrals import complete_referrals
from bench.rivals import Passes, clips, zen
from bench.table import print_table
from triage.check import load_ruleset
from triage.engines import reference
from triage.engines.rete.engine import LiveEngines, ReteEngine
from triage.engines.rete.network import KIND, Messages, definition, network
from triage.model.rule import Answers, Rule, Value
from triage.model.ruleset import RuleSet
from triage.settings import PUBLISHED

COUNT = 1_000
ROUNDS = 5
BUILDS = 5
WARM, MANY = 20_000, 200_000
"""After how many assessments memory is first looked at, and how many follow."""


class _QuietHost(Host):  # type: ignore[misc]  # durable_rules has no types
    """A Host without its timer threads: they would take their share of the time, and only ever to its disadvantage."""

    def _run(self) -> None:
        pass


class _DocumentedNetwork:
    """The same conjunctions and the same message, through a Host: an action for each, recording the rule's id."""

    def __init__(self, name: str, rules: Iterable[Rule], ruleset: RuleSet) -> None:
        conjunctions = network(rules, ruleset.vocabulary)
        self._messages = Messages(ruleset.vocabulary, conjunctions)
        self._name, self._ids, self._found = name, count(1), set[str]()
        rules_ = definition(conjunctions)
        for conjunction, rule in rules_.items():
            rule["run"] = self._recording(conjunction.partition("#")[0])
        self._host = _QuietHost({name: rules_})

    def fired(self, answers: Answers, asked: Any) -> set[str]:
        self._found = set()
        message = {**self._messages.of(answers, asked), "id": str(next(self._ids))}
        try:
            state = self._host.assert_fact(self._name, dict(message))
        except MessageNotHandledException:
            return set()
        else:
            if "exception" in state:
                raise RuntimeError(state["exception"])
            return self._found
        finally:
            self._host.retract_fact(self._name, {"id": message["id"], "kind": KIND})

    def _recording(self, id_: str) -> Callable[[Any], None]:
        return lambda _: self._found.add(id_)


class Documented:
    """The baseline: the live engine's two passes, each through a Host."""

    def __init__(self, ruleset: RuleSet) -> None:
        self._vocabulary = ruleset.vocabulary
        self._deriving = _DocumentedNetwork("deriving", ruleset.deriving, ruleset)
        self._concluding = _DocumentedNetwork("concluding", ruleset.concluding, ruleset)
        self._derives = {rule.id: rule.derives for rule in ruleset.deriving}

    def fired(self, answers: Answers) -> frozenset[str]:
        asked = self._vocabulary.asked_all(answers)
        screened: set[str] = set()
        derived: dict[str, Value] = {}
        for id_ in self._deriving.fired(answers, asked):
            assumed = self._derives[id_]
            if assumed is not None and not self._vocabulary.is_answered(assumed.fact, answers):
                screened.add(id_)
                derived[assumed.fact] = assumed.value
        if derived:
            answers = {**answers, **derived}
            asked = self._vocabulary.asked_all(answers)
        return frozenset(screened | self._concluding.fired(answers, asked))


def main() -> None:
    """Print microseconds an assessment and ratios, the time to build, and the memory that many assessments take."""
    ruleset = load_ruleset(PUBLISHED)
    referrals = complete_referrals(ruleset, COUNT)
    live = LiveEngines(ruleset)
    documented = Documented(ruleset)
    engines: dict[str, Callable[[Answers], frozenset[str]]] = {
        "durable_rules as documented (baseline)": documented.fired,
        "reference interpreter": lambda facts: reference.evaluate(ruleset, facts).fired,
        "CLIPS": Passes(ruleset, clips).fired,
        "zen-engine, all in one expression": Passes(ruleset, zen).fired,
        "live engine, target 60 µs": live.fired,
    }
    fired = [reference.evaluate(ruleset, facts).fired for facts in referrals]
    for name, engine in engines.items():  # nothing is timed before it gives the same answers
        if [engine(facts) for facts in referrals] != fired:
            raise SystemExit(f"Not the same rules fire: {name}.")
    medians = _medians(engines, referrals)
    base = medians["durable_rules as documented (baseline)"]
    rules_a_referral = sum(map(len, fired)) / COUNT
    print_table(
        f"One complete referral, {len(ruleset.rules)} rules of which {rules_a_referral:.1f} fire",
        ("engine", "µs", "ratio", "times as fast"),
        [(name, f"{time:,.0f}", f"{time / base:.2f}", f"{base / time:.1f}") for name, time in medians.items()],
    )
    _print_building(ruleset)
    _print_memory(live, referrals)


def _medians(engines: dict[str, Callable[[Answers], frozenset[str]]], referrals: list[Any]) -> dict[str, float]:
    times: dict[str, list[float]] = {name: [] for name in engines}
    for _ in range(ROUNDS):
        for name, engine in engines.items():
            started = perf_counter()
            for facts in referrals:
                engine(facts)
            times[name].append((perf_counter() - started) / len(referrals) * 1e6)
    return {name: sorted(durations)[ROUNDS // 2] for name, durations in times.items()}


def _print_building(ruleset: RuleSet) -> None:
    conjunctions = len(network(ruleset.concluding, ruleset.vocabulary)) + len(
        network(ruleset.deriving, ruleset.vocabulary)
    )
    times = []
    for _ in range(BUILDS):
        started = perf_counter()
        engine = ReteEngine(ruleset)
        times.append(perf_counter() - started)
        engine.close()
    print_table(
        "Building one engine", ("conjunctions", "ms"), [(str(conjunctions), f"{sorted(times)[BUILDS // 2] * 1e3:.0f}")]
    )


def _print_memory(live: LiveEngines, referrals: list[Any]) -> None:
    def assess(times: int) -> float:
        for index in range(times):
            live.fired(referrals[index % len(referrals)])
        return _megabytes()

    before = assess(WARM)
    after = assess(MANY)
    print_table(
        f"Memory over {MANY:,} further assessments (target: flat within 5 MB over 1,000,000)",
        ("when", "MB"),
        [(f"after {WARM:,}", f"{before:.1f}"), (f"after {WARM + MANY:,}", f"{after:.1f}"),
         ("growth", f"{after - before:+.1f}")],
    )  # fmt: skip


def _megabytes() -> float:
    """The resident memory of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
