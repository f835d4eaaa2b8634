"""The templates' environment: ours and those of the document, every value escaped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader

from api.request import state_of
from triage.model.ruleset import RuleSet
from triage.presenting.words import STANDING
from triage.settings import Settings

PRODUCT_NAME = "Handrail"
"""What the pages call themselves; the service that uses them has its own name in the settings."""


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Make the environment once."""
    presenting = PrefixLoader({"presenting": PackageLoader("triage.presenting")})
    loader = ChoiceLoader([PackageLoader("api.pages"), presenting])
    templates = Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    templates.globals["standing_of_this"] = STANDING
    templates.globals["product_name"] = PRODUCT_NAME
    return templates


class PageLinks:
    """The addresses of rules, sources and claims in the pages."""

    def __init__(self, ruleset: RuleSet) -> None:
        self.rules = frozenset(rule.id for rule in ruleset.all_rules)

    def rule(self, id_: str) -> str:
        """The address of a rule; none for what is built in."""
        return f"/rules/{id_}" if id_ in self.rules else ""

    def source(self, id_: str) -> str:
        """The address of a source."""
        return f"/rules/sources#{id_}"

    def instrument(self, id_: str) -> str:
        """The address of a questionnaire."""
        return f"/rules/questionnaires#instrument-{id_}"

    def claim(self, id_: str) -> str:
        """The address of a claim of the service page."""
        return f"/rules/claims#{id_}"

    def row(self, id_: str) -> str:
        """The address of a row of the evidence, which stands on the page of the claims."""
        return f"/rules/claims#{id_}"


class PhoneLinks:
    """Finds the telephone numbers that a deployment set, to be called by a link; one that is not set is no link."""

    def __init__(self, settings: Settings) -> None:
        configured = (settings.crisis_line, settings.emergency_number)
        numbers = {number for number in configured if number and _digits(number)}
        # The longest first: a short number may be part of a longer one.
        listed = "|".join(re.escape(number) for number in sorted(numbers, key=len, reverse=True))
        self._numbers = re.compile(rf"(?<!\w)({listed})(?!\w)") if listed else None

    def parts(self, text: str) -> list[tuple[str, str]]:
        """The text in parts, each number with the digits to call, all else with none."""
        if self._numbers is None:
            return [(text, "")]
        return [(part, _digits(part) if number else "") for part, number in self._split(text) if part]

    def _split(self, text: str) -> Iterator[tuple[str, bool]]:
        assert self._numbers is not None
        for place, part in enumerate(self._numbers.split(text)):
            yield part, place % 2 == 1


def _digits(number: str) -> str:
    return re.sub(r"[^0-9+]", "", number)


def page(request: Request, template: str, status: int = 200, **context: Any) -> HTMLResponse:
    """Render a page with what every page shows: the service's name, the rule set, who is signed in."""
    state = state_of(request)
    text = (
        environment()
        .get_template(template)
        .render(
            nonce=request.state.nonce,
            path=request.url.path,
            actor=getattr(request.state, "actor", None),
            service_name=state.settings.service_name,
            phone=PhoneLinks(state.settings),
            ruleset=state.ruleset,
            links=PageLinks(state.ruleset),
            **context,
        )
    )
    return HTMLResponse(text, status_code=status)
