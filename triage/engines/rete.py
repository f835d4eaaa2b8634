"""The live engine: the compiled rules on durable_rules' matcher, called directly.

The documented way into durable_rules spends some 25 µs of Python on each rule that fires; here its C module is called
as that way calls it, the name of each rule that fires is read off, and nothing else. The one session of a network holds
one referral at a time: asserted, matched, retracted. Nothing that fails looks like "nothing fired".
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterable
from itertools import count
from typing import Any

import durable_rules_engine as matcher  # type: ignore[import-not-found]  # a C module without types
import orjson

from triage.engines.network import GROUP, KIND, Messages, definition, network
from triage.lang import Derives, Facts, Rule, Value
from triage.ruleset import RuleSet
from triage.vocabulary import Vocabulary

_HANDLED, _NOTHING_FIRED = 0, 1
_names = count()
_building = threading.Lock()


class EngineError(Exception):
    """durable_rules failed on a referral: there is no answer, and it is not that nothing fired."""


class _Network:
    """One compiled set of rules in the matcher; for one thread at a time."""

    def __init__(self, rules: Iterable[Rule], vocabulary: Vocabulary, group: int) -> None:
        conjunctions = network(rules, vocabulary, group)
        self._messages = Messages(vocabulary, conjunctions)
        self._ids = count(1)
        self._handle: int | None = None
        if conjunctions:
            text = orjson.dumps(definition(conjunctions)).decode()
            with _building:
                self._handle = matcher.create_ruleset(f"triage-{next(_names)}", text)
            weakref.finalize(self, _delete, self._handle)

    def fired(self, facts: Facts, asked: Any) -> set[str]:
        """The ids of the rules that fire; every call leaves the session empty."""
        if self._handle is None:
            return set()
        found = self._messages.of(facts, asked)
        if len(found) == 1:  # nothing but its kind: no comparison can hold
            return set()
        found["id"] = id_ = str(next(self._ids))
        text = orjson.dumps(found).decode()
        try:
            code, state = matcher.assert_fact(self._handle, text)
            try:
                return self._collect(code, state)
            finally:
                matcher.retract_fact(self._handle, f'{{"id":"{id_}","kind":"{KIND}"}}')
        except EngineError:
            raise
        except Exception as error:
            raise EngineError(f"durable_rules failed on a referral: {error}") from error

    def _collect(self, code: int, state: int) -> set[str]:
        if code == _NOTHING_FIRED:
            return set()
        if code != _HANDLED:
            raise EngineError(f"durable_rules answered a referral with the code {code}, which means nothing here.")
        started = matcher.start_action_for_state(self._handle, state)
        if not started:
            raise EngineError("durable_rules says that a rule fired and names none.")
        if '"exception"' in started[0]:
            raise EngineError(f"durable_rules reports an exception: {started[0]}")
        found = set()
        firing = started[1]
        while firing:
            found.add(firing[2 : firing.index("#", 2)])  # {"RULE#NUMBER":{"m":{…}}}
            firing = matcher.complete_and_start_action(self._handle, state)
        return found


def _delete(handle: int) -> None:
    """Free a network. Without its state deleted first, the matcher would keep a megabyte of it."""
    matcher.delete_state(handle, None)
    matcher.delete_ruleset(handle)


class ReteEngine:
    """One rule set on the matcher, for one thread at a time.

    Raises EngineLimitError where the rules could overrun the matcher's stack.
    """

    def __init__(self, ruleset: RuleSet, group: int = GROUP) -> None:
        self._vocabulary = ruleset.vocabulary
        self._targets = {rule.id: rule.effect for rule in ruleset.deriving if isinstance(rule.effect, Derives)}
        self._deriving = _Network(ruleset.deriving, ruleset.vocabulary, group)
        self._concluding = _Network(ruleset.concluding, ruleset.vocabulary, group)

    def fired(self, facts: Facts) -> frozenset[str]:
        """The ids of the active rules that fire on the answered facts. Raises EngineError where the matcher fails."""
        asked = self._vocabulary.asked_all(facts)
        screened = {id_ for id_ in self._deriving.fired(facts, asked) if self._targets[id_].fact not in facts}
        if screened:
            derived: dict[str, Value] = {self._targets[id_].fact: self._targets[id_].value for id_ in screened}
            facts = {**facts, **derived}
            asked = self._vocabulary.asked_all(facts)
        return frozenset(screened | self._concluding.fired(facts, asked))


class LiveEngines:
    """The live engine for many threads: one engine a thread, built at its first referral and freed with the thread."""

    def __init__(self, ruleset: RuleSet) -> None:
        self._ruleset = ruleset
        self._local = threading.local()
        self._local.engine = ReteEngine(ruleset)  # here, so that a limit is met at the start and not by a referral

    def fired(self, facts: Facts) -> frozenset[str]:
        """The ids of the active rules that fire. Raises EngineError where the matcher fails."""
        engine = getattr(self._local, "engine", None)
        if engine is None:
            engine = self._local.engine = ReteEngine(self._ruleset)
        return engine.fired(facts)
