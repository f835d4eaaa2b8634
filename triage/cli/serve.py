"""``triage serve``: the web form and the API."""

from __future__ import annotations

import os
from ipaddress import ip_address
from typing import Annotated

import typer

from triage.answer.assess import build_assessor
from triage.answer.probes import check_answers
from triage.cli.common import RulesFolder, checked_ruleset, err, read_settings, saying_why_unreadable, tell_faults
from triage.model.faults import FaultyRuleSet
from triage.settings import PUBLISHED, Settings

STOP_SECONDS = 5
"""How long requests under way may take to end when the service stops."""


def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, help="How many processes answer.")] = 1,
    rules: RulesFolder = PUBLISHED,
) -> None:
    """Serve the web form and the API. Starts only with a sound rule set; says which file is not."""
    settings = read_settings()
    _refuse_without_numbers(host, settings)
    ruleset = checked_ruleset(rules)
    try:
        check_answers(build_assessor(ruleset, settings))
    except FaultyRuleSet as faulty:
        tell_faults(faulty)
        raise typer.Exit(1) from faulty
    from api.commands import opened  # here, so that faults of the rules are named without a database's driver

    with saying_why_unreadable():
        opened(settings)
    os.environ["TRIAGE_RULES"] = str(rules)
    import uvicorn  # here, so that the other commands start without it

    err.print(f"The form: http://{host}:{port}/   The API: http://{host}:{port}/docs   Stop with Ctrl+C.", markup=False)
    uvicorn.run(
        "api.app:create_app",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        log_level="warning",
        timeout_graceful_shutdown=STOP_SECONDS,
    )


def _refuse_without_numbers(host: str, settings: Settings) -> None:
    """Serve this machine only while the texts that name a crisis line or emergency number have none to name."""
    if _is_loopback(host) or (settings.crisis_line and settings.emergency_number):
        return
    err.print(
        f"`{host}` can be reached by others, and the texts would name no number to call. Set TRIAGE_CRISIS_LINE and "
        "TRIAGE_EMERGENCY_NUMBER, or serve on 127.0.0.1.",
        markup=False,
        soft_wrap=True,
    )
    raise typer.Exit(2)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
