"""The live engine: the compiled rules on durable_rules' matcher, called directly.

The documented way into durable_rules spends some 25 µs of Python on each rule that fires; here its C module is called
as that way calls it, the name of each rule that fires is read off, and nothing else. The one session of a network holds
one referral at a time: asserted, matched, retracted. Nothing that fails looks like "nothing fired".
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
    """durable_rules failed on a referral: there is no answer, and it is not that nothing fired."""


class _Network:
    """One compiled set of rules in the matcher; for one thread at a time."""

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
        """The ids of the rules that fire; every call leaves the session empty."""
        if self._closed:
            raise EngineError("The engine was closed and can answer no referral.")
        if self._handle is None:
            return set()
        found = self._messages.of(answers, asked)
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

    def close(self) -> None:
        """Free the network. Never left to the garbage collector, which may strike inside the C module.

        The session's memory, about a megabyte, stays: the matcher's own ``delete_state`` frees pointers that were never
        set wherever some rule never fired, and brings the process down.
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
        found = set()
        firing = started[1]
        while firing:
            found.add(firing[2 : firing.index("#", 2)])  # {"RULE#NUMBER":{"m":{…}}}
            firing = matcher.complete_and_start_action(self._handle, state)
        return found


class ReteEngine:
    """One rule set on the matcher, for one thread at a time.

    Raises EngineLimitError where the rules could overrun the matcher's stack.
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
        """Free what the matcher holds; the engine is of no use after."""
        self._deriving.close()
        self._concluding.close()


class LiveEngines:
    """The live engine for many threads: each call has an engine to itself, and gives it back for the next.

    There are as many engines as there were calls at one time, never one built a request.
    """

    def __init__(self, ruleset: RuleSet) -> None:
        self._ruleset = ruleset
        # One is built here, so that a limit is met at the start and not by a referral.
        self._free = deque([ReteEngine(ruleset)])

    def fired(self, answers: Answers) -> frozenset[str]:
        """The ids of the active rules that fire. Raises EngineError where the matcher fails."""
        try:
            engine = self._free.pop()
        except IndexError:
            engine = ReteEngine(self._ruleset)
        found = engine.fired(answers)
        self._free.append(engine)  # only here: an engine that failed is not used again
        return found

    def close(self) -> None:
        """Free the engines, where a rule set is loaded anew; none may be in use."""
        while self._free:
            self._free.pop().close()
