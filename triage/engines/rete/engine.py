"""The live engine: the compiled rules on durable_rules' matcher, called directly.

The public interface of durable_rules spends about 25 µs of Python on each rule that fires (measured). This module makes
the same calls to its C module and reads only the name of each rule that fires. A network has one session, which holds
one referral at a time: it is asserted, matched and retracted. A failure is raised, never reported as "nothing fired".
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable
from itertools import count
from typing import Any

import durable_rules_engine as matcher  # type: ignore[import-not-found]  # a C module without types
import orjson

from triage.engines.rete.network import GROUP, KIND, Messages, definition, network
from triage.model.rule import Answers, Rule, Value
from triage.model.ruleset import RuleSet
from triage.model.vocabulary import Vocabulary

_HANDLED, _NOTHING_FIRED = 0, 1
_names = count()
_building = threading.Lock()


class EngineError(Exception):
    """durable_rules failed on a referral, so that it is not known which rules fire."""


class _Network:
    """Rules compiled for the matcher. Only one thread at a time may use it."""

    def __init__(self, rules: Iterable[Rule], vocabulary: Vocabulary, group: int) -> None:
        conjunctions = network(rules, vocabulary, group)
        self._messages = Messages(vocabulary, conjunctions)
        self._ids = count(1)
        self._handle: int | None = None
        self._closed = False
        if conjunctions:
            text = orjson.dumps(definition(conjunctions)).decode()
            with _building:
                self._handle = matcher.create_ruleset(f"triage-{next(_names)}", text)

    def fired(self, answers: Answers, asked: Any) -> set[str]:
        """The ids of the rules that fire. The session is empty after every call."""
        if self._closed:
            raise EngineError("The engine was closed and can answer no referral.")
        if self._handle is None:
            return set()
        fields = self._messages.text(answers, asked)
        if not fields:  # no comparison can hold
            return set()
        id_ = next(self._ids)
        try:
            code, state = matcher.assert_fact(self._handle, f'{{"kind":"{KIND}"{fields},"id":"{id_}"}}')
            try:
                return self._collect(code, state)
            finally:
                matcher.retract_fact(self._handle, f'{{"id":"{id_}","kind":"{KIND}"}}')
        except EngineError:
            raise
        except Exception as error:
            raise EngineError(f"durable_rules failed on a referral: {error}") from error

    def close(self) -> None:
        """Free the network.

        This is not left to the garbage collector, which may run while the C module does. The session's memory, about a
        megabyte, is not freed: where some rule never fired, the matcher's ``delete_state`` frees a pointer that was
        never set, and the process crashes.
        """
        if self._handle is not None:
            matcher.delete_ruleset(self._handle)
        self._handle = None
        self._closed = True

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
        fired = set()
        firing = started[1]
        while firing:
            fired.add(firing[2 : firing.index("#", 2)])  # {"RULE#NUMBER":{"m":{…}}}
            firing = matcher.complete_and_start_action(self._handle, state)
        return fired


class ReteEngine:
    """One rule set on the matcher. Only one thread at a time may use it.

    Raises EngineLimitError where the rules could overflow the matcher's stack.
    """

    def __init__(self, ruleset: RuleSet, group: int = GROUP) -> None:
        self._vocabulary = ruleset.vocabulary
        self._derives = {rule.id: rule.derives for rule in ruleset.deriving if rule.derives}
        self._deriving = _Network(ruleset.deriving, ruleset.vocabulary, group)
        self._concluding = _Network(ruleset.concluding, ruleset.vocabulary, group)

    def fired(self, answers: Answers) -> frozenset[str]:
        """The ids of the active rules that fire on the answered facts. Raises EngineError where the matcher fails."""
        asked = self._vocabulary.asked_all(answers)
        screened: set[str] = set()
        if any(effect.fact not in answers for effect in self._derives.values()):  # else there is nothing to derive
            screened = {id_ for id_ in self._deriving.fired(answers, asked) if self._derives[id_].fact not in answers}
        if screened:
            derived: dict[str, Value] = {self._derives[id_].fact: self._derives[id_].value for id_ in screened}
            answers = {**answers, **derived}
            asked = self._vocabulary.asked_all(answers)
        return frozenset(screened | self._concluding.fired(answers, asked))

    def close(self) -> None:
        """Free what the matcher holds. The engine can't be used afterwards."""
        self._deriving.close()
        self._concluding.close()


class LiveEngines:
    """The live engine for many threads: a pool that grows to the peak number of concurrent calls.

    Each call takes an engine out of the pool and puts it back for the next.
    """

    def __init__(self, ruleset: RuleSet) -> None:
        self._ruleset = ruleset
        # The first is built now, so that EngineLimitError is raised at the start and not on a referral.
        self._free = deque([ReteEngine(ruleset)])

    def fired(self, answers: Answers) -> frozenset[str]:
        """The ids of the active rules that fire. Raises EngineError where the matcher fails."""
        try:
            engine = self._free.pop()
        except IndexError:
            engine = ReteEngine(self._ruleset)
        fired = engine.fired(answers)
        self._free.append(engine)  # an engine that raised is not put back
        return fired

    def close(self) -> None:
        """Free all engines, for instance when a rule set is reloaded. None may be in use."""
        while self._free:
            self._free.pop().close()
