"""The templates' environment: ours, those of the document and govuk-frontend-jinja's, every value escaped."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader

from api.request import state_of
from triage.model.ruleset import RuleSet
from triage.presenting.words import STANDING


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Make the environment once."""
    shared = {
        "govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja"),
        "presenting": PackageLoader("triage.presenting"),
    }
    loader = ChoiceLoader([PackageLoader("api.pages"), PrefixLoader(shared)])
    made = Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    made.globals["standing_of_this"] = STANDING
    return made


class PageLinks:
    """Where a thing stands in the pages to read."""

    def __init__(self, ruleset: RuleSet) -> None:
        self.rules = frozenset(rule.id for rule in ruleset.all_rules)

    def rule(self, id_: str) -> str:
        """The address of a rule; none for what is built in."""
        return f"/rules/{id_}" if id_ in self.rules else ""

    def source(self, id_: str) -> str:
        """The address of a source."""
        return f"/rules/sources#{id_}"

    def claim(self, id_: str) -> str:
        """The address of a claim of the service page."""
        return f"/rules/claims#{id_}"

    def row(self, id_: str) -> str:
        """The address of a row of the evidence, which stands on the page of the claims."""
        return f"/rules/claims#{id_}"


def page(request: Request, template: str, status: int = 200, **context: Any) -> HTMLResponse:
    """Render a page with what every page shows: the service's name, the rule set, the nonce, the address."""
    state = state_of(request)
    text = (
        environment()
        .get_template(template)
        .render(
            nonce=request.state.nonce,
            path=request.url.path,
            service_name=state.settings.service_name,
            crisis_line=state.settings.crisis_line,
            emergency_number=state.settings.emergency_number,
            ruleset=state.ruleset,
            links=PageLinks(state.ruleset),
            **context,
        )
    )
    return HTMLResponse(text, status_code=status)
