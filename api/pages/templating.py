"""The templates' environment: ours on top of govuk-frontend-jinja, every value escaped."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader

from api.request import state_of


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Make the environment once."""
    loader = ChoiceLoader(
        [
            PackageLoader("api.pages"),
            PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
        ]
    )
    return Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)


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
            **context,
        )
    )
    return HTMLResponse(text, status_code=status)
