"""``triage serve``: the web form and the API."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from triage.answer.assess import build_assessor
from triage.answer.probes import check_answers
from triage.cli.common import RulesFolder, checked_ruleset, err, read_settings, tell_faults
from triage.model.faults import FaultyRuleSet
from triage.settings import PUBLISHED

STOP_SECONDS = 5
"""How long requests under way may take to end when the service stops."""


def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, help="How many processes answer.")] = 1,
    rules: RulesFolder = PUBLISHED,
) -> None:
    """Serve the web form and the API. Starts only with a sound rule set; says which file is not."""
    ruleset, settings = checked_ruleset(rules), read_settings()
    try:
        check_answers(build_assessor(ruleset, settings))
    except FaultyRuleSet as faulty:
        tell_faults(faulty)
        raise typer.Exit(1) from faulty
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
