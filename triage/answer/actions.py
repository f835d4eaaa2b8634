"""Compose what the coordinator does: the action of all fired rules and floors, the urgency part, the next step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from msgspec import convert

from triage.answer.decide import Level, Verdict
from triage.answer.fired_rules import FiredRules
from triage.answer.model import ComposedAction, UrgencyPart, Within
from triage.engines.outcome import Bounds
from triage.model.rule import NO_ACTION, Action, Urgency
from triage.model.scales import INSUFFICIENT, LOWEST_URGENCY, Scales

MOST_DO = 2
"""The most lines of an action that are shown with its first line; the others are for later."""
MOST_ASK = 1
"""The most questions of an action that are shown with its first line; the others are for later."""
MOST_KEPT = 10_000
"""The number of composed actions at which those that are kept are dropped."""


@dataclass(frozen=True, slots=True)
class _Part:
    """The action of one rule, one floor or the level itself. Parts are composed in ascending ``order``.

    ``clock`` holds the words that name the time of the part's level.
    """

    order: tuple[int, int, int, str]
    at_level: bool
    action: Action
    clock: tuple[str, ...] = ()

    def names_its_time(self, line: str) -> bool:
        """Whether the line names the time of the part's level."""
        return any(words in line for words in self.clock)


class Actions:
    """Composes the texts that tell a coordinator what to do. ``words`` fill their placeholders."""

    def __init__(self, scales: Scales, words: Mapping[str, str]) -> None:
        self.scales = scales
        self._words = words

    @cached_property
    def _within(self) -> Mapping[str, Within]:
        return {term.id: convert(dict(term.respond_within), Within) for term in self.scales.urgencies}

    @cached_property
    def _danger_order(self) -> Mapping[str, int]:
        return {term.id: place for place, term in enumerate(self.scales.dangers)}

    @cached_property
    def _rule_order(self) -> Mapping[str, int]:
        return {id_: place for place, id_ in enumerate(self.scales.urgency_order)}

    def urgency_part(
        self, fired: FiredRules, level: Level, bounds: Bounds, otherwise: Action | None = None
    ) -> UrgencyPart:
        """The urgency part of an answer: how soon a clinician must act, and what the coordinator does until then.

        ``otherwise`` is the action where no fired rule and no floor has this level; without it, the level's own action.
        """
        return UrgencyPart(
            level=level.level,
            state=level.state,
            settled=bounds.urgency_settled,
            could_become=bounds.urgency,
            exact=bounds.exact,
            missing=fired.missing,
            respond_within=self._within[level.level],
            action=self._composed(fired, level.level, otherwise or self.scales.urgency(level.level).action),
        )

    def _composed(self, fired: FiredRules, level: str, otherwise: Action) -> ComposedAction:
        """The action of all that fired, kept by what it is composed of: most referrals have one of few."""
        rules = tuple([rule.id for rule, _ in fired.effects(Urgency)])
        key = (level, otherwise.first, rules, tuple([floor.id for floor in fired.floors]))
        composed = self._kept.get(key)
        if composed is None:
            if len(self._kept) > MOST_KEPT:
                self._kept.clear()
            composed = self._kept[key] = self._newly_composed(fired, level, otherwise)
        return composed

    @cached_property
    def _kept(self) -> dict[tuple[str, str, tuple[str, ...], tuple[str, ...]], ComposedAction]:
        return {}

    def _newly_composed(self, fired: FiredRules, level: str, otherwise: Action) -> ComposedAction:
        """The action of all that fired: of the reported level the first lines, of the rest what is for later."""
        parts = sorted((*self._of_rules(fired, level), *self._of_floors(fired, level)), key=lambda part: part.order)
        if not any(part.at_level for part in parts):
            parts.insert(0, _Part((0, 0, 0, ""), at_level=True, action=otherwise))
        of_rules = [urgency.action.also for _, urgency in fired.effects(Urgency)]
        named = {id_ for also in (*of_rules, *(part.action.also for part in parts)) for id_ in also}
        return self._finished(_compose(parts), self._lines(named))

    def _of_rules(self, fired: FiredRules, level: str) -> Iterable[_Part]:
        """The parts of fired rules that are not covered. A rule at the lowest level gives only additive lines."""
        for rule, urgency in fired.effects(Urgency):
            if urgency.level != LOWEST_URGENCY and rule.id not in fired.covered:
                yield self._part(urgency.level, urgency.danger, rule.id, urgency.action, level)

    def _of_floors(self, fired: FiredRules, level: str) -> Iterable[_Part]:
        for floor in fired.floors:
            of_floor = self.scales.floors[floor.id]
            yield self._part(floor.level, of_floor.danger, floor.id, of_floor.action, level)

    def _part(self, level: str, danger: str, id_: str, action: Action, reported: str) -> _Part:
        last = len(self._danger_order)
        place = self._rule_order.get(id_, len(self._rule_order))
        order = (-self.scales.urgency_rank(level), self._danger_order.get(danger, last), place, id_)
        return _Part(order, level == reported, action, self.scales.urgency(level).clock)

    def _lines(self, named: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The additive lines with these ids, in the order of the scales: what never to do, and what to do as well."""
        shown = set(named)
        lines = [line for line in self.scales.lines if line.id in shown and line.not_beside not in shown]
        return (
            tuple(line.text for line in lines if line.kind == "never"),
            tuple(line.text for line in lines if line.kind == "also"),
        )

    def _finished(self, action: Action, lines: tuple[tuple[str, ...], tuple[str, ...]]) -> ComposedAction:
        """The composed action with its additive lines and with placeholders filled."""
        never, also = lines
        return ComposedAction(
            first=fill(action.first, self._words),
            do=tuple(fill(line, self._words) for line in action.do),
            ask=tuple(fill(question, self._words) for question in action.ask),
            never=tuple(fill(line, self._words) for line in never),
            also=tuple(fill(line, self._words) for line in also),
            more=tuple(fill(line, self._words) for line in action.more),
        )

    def next_step(self, verdict: Verdict, open_questions: int, *, settled: bool) -> str:
        """The sentence that says what to do next. ``settled`` says whether only one rating is possible."""
        steps = self.scales.next_step
        if verdict.on_hold:
            return self.next_step_at(verdict.level)
        of_level = steps["urgent_incomplete" if verdict.state == "not_sorted" else verdict.level]
        of_rating = steps[verdict.rating if settled or verdict.rating == INSUFFICIENT else "unsettled"]
        text = " ".join(dict.fromkeys((of_level, of_rating)))
        return fill(text, {"questions": f"{open_questions} of them", **self._words})

    def next_step_at(self, level: str) -> str:
        """The sentence that says what to do next at a level, whatever the rating is."""
        return fill(self.scales.next_step[level], self._words)


def _compose(parts: Iterable[_Part]) -> Action:
    """Compose one action: a first line, ``MOST_DO`` lines and ``MOST_ASK`` questions; everything else is for later."""
    composed = NO_ACTION
    for part in parts:
        composed = _with_part(composed, part)
    return composed


def _with_part(composed: Action, part: _Part) -> Action:
    """Add a part to the action.

    Its lines are shown if the part is at the reported level and there is room, and are for later otherwise. A line that
    the action already has is left out, and so is a line that names the time of a lower level.
    """
    shown = {composed.first, *composed.do, *composed.ask, *composed.more}
    action, later = part.action, list[str]()
    first, do, ask = composed.first, list(composed.do), list(composed.ask)
    if part.at_level and not first:
        first = action.first
    else:
        later.append(action.first)
    for line in action.do:
        (do if part.at_level and len(do) < MOST_DO and line not in shown else later).append(line)
    for line in action.ask:
        (ask if part.at_level and len(ask) < MOST_ASK and line not in shown else later).append(line)
    later.extend(action.more)
    kept = dict.fromkeys(
        line for line in later if line and line not in shown and (part.at_level or not part.names_its_time(line))
    )
    return replace(composed, first=first, do=tuple(do), ask=tuple(ask), more=(*composed.more, *kept))


def fill(template: str, words: Mapping[str, str]) -> str:
    """Fill the placeholders (``{name}``) of a template. A placeholder without a value is left as it is."""
    if "{" not in template:
        return template
    for name, value in words.items():
        template = template.replace("{" + name + "}", value)
    return template
