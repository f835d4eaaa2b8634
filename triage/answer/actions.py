"""What is done next: the urgency part of an answer with its action, and the next step."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from msgspec import convert

from triage.answer.decide import Verdict
from triage.answer.fired_rules import FiredRules
from triage.answer.model import UrgencyPart, Within
from triage.engines.outcome import Bounds
from triage.model.rule import Urgency
from triage.model.scales import INSUFFICIENT, Scales


class Actions:
    """Gives the texts that tell a coordinator what to do, with the deployment's words in them."""

    def __init__(self, scales: Scales, words: Mapping[str, str]) -> None:
        self.scales = scales
        self._words = words

    @cached_property
    def _within(self) -> Mapping[str, Within]:
        return {term.id: convert(dict(term.respond_within), Within) for term in self.scales.urgencies}

    def urgency_part(self, fired: FiredRules, verdict: Verdict, bounds: Bounds) -> UrgencyPart:
        """How soon a clinician must act, and what is done until then."""
        return UrgencyPart(
            level=verdict.level,
            settled=bounds.urgency_settled,
            could_become=bounds.urgency,
            exact=bounds.exact,
            incomplete=bool(verdict.missing),
            missing=verdict.missing,
            respond_within=self._within[verdict.level],
            action=fill(self._action(fired, verdict.level), self._words),
        )

    def _action(self, fired: FiredRules, level: str) -> str:
        """The actions of the rules at the level, each once; the level's own where no rule stands there."""
        effects = (rule.effect for rule in fired.rules)
        actions = [each.action for each in effects if isinstance(each, Urgency) and each.level == level]
        return " ".join(dict.fromkeys(actions)) or self.scales.urgency(level).action

    def next_step(self, verdict: Verdict, open_questions: int, *, settled: bool) -> str:
        """What to do next; ``settled`` says whether the rating can be only one."""
        steps = self.scales.next_step
        if verdict.on_hold:
            return fill(steps[verdict.level], self._words)
        of_level = steps["urgent_incomplete" if verdict.missing else verdict.level]
        of_rating = steps[verdict.rating if settled or verdict.rating == INSUFFICIENT else "unsettled"]
        text = " ".join(dict.fromkeys((of_level, of_rating)))
        return fill(text, {"questions": f"{open_questions} of them", **self._words})


def fill(template: str, words: Mapping[str, str]) -> str:
    """Put settings and values into a template's ``{places}``; a place that has no value stays as it stands."""
    if "{" not in template:
        return template
    for name, value in words.items():
        template = template.replace("{" + name + "}", value)
    return template
