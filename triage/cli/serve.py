"""``triage serve``: the web form and the API."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer

from triage.answer.assess import Assessor, build_assessor
from triage.answer.probes import Probe, check_answers
from triage.cli.common import RulesFolder, checked_ruleset, err, read_settings, saying_why_unreadable, tell_faults
from triage.model.collector import collector_paused
from triage.model.faults import FaultyRuleSet
from triage.model.ruleset import RuleSet
from triage.settings import PUBLISHED, Settings, is_this_machine

SHARED_COUNTS = "PROMETHEUS_MULTIPROC_DIR"
"""The environment variable by which the processes of a service share their counts, as prometheus-client has it."""
STOP_SECONDS = 5
"""How long requests under way may take to end when the service stops."""


def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, help="How many processes answer.")] = 1,
    rules: RulesFolder = PUBLISHED,
) -> None:
    """Serve the web form and the API. Starts only with a sound rule set; says which file is not."""
    settings = read_settings().model_copy(update={"rules": rules})
    if not is_this_machine(host):
        _refuse_unready(host, settings)
    ruleset = checked_ruleset(rules)
    try:
        assessor = build_assessor(ruleset, settings)
        probes = check_answers(assessor)
    except FaultyRuleSet as faulty:
        tell_faults(faulty)
        raise typer.Exit(1) from faulty
    with collector_paused():  # it would look through all rules whenever much is imported
        from api.commands import opened  # here, so that faults of the rules are named without a database's driver

        with saying_why_unreadable():
            opened(settings)
        if not settings.public_url:
            _print_sign_in_link(host, port, settings)
    err.print(f"The form: http://{host}:{port}/   The API: http://{host}:{port}/docs   Stop with Ctrl+C.", markup=False)
    with TemporaryDirectory(prefix="triage-") as folder:
        shared = _shared(Path(folder), rules, ruleset, settings, workers)
        _run(shared, assessor, probes, host=host, port=port, workers=workers)


def _shared(folder: Path, rules: Path, ruleset: RuleSet, settings: Settings, workers: int) -> Settings:
    """The settings of every process of the service, also of one that is started later.

    The rules are copied, so that what is edited while the service runs takes effect when it is started again.
    """
    shutil.copytree(rules, folder / "rules")
    tables = settings.tables or folder / "tables"
    is_set = "helpers" in settings.model_fields_set
    helpers = settings.helpers if is_set else max((os.cpu_count() or 1) // workers, 1)
    ours = {"rules": folder / "rules", "rules_digest": ruleset.digest, "tables": tables, "helpers": helpers}
    return settings.model_copy(update=ours)


def _run(settings: Settings, assessor: Assessor, probes: tuple[Probe, ...], **options: Any) -> None:
    """Serve with what was made and checked; of several processes, each makes its own and they share their counts."""
    of_several = options["workers"] > 1
    if of_several:
        names = ("rules", "rules_digest", "tables", "helpers")
        os.environ |= {f"TRIAGE_{name.upper()}": str(getattr(settings, name)) for name in names}
        counts = settings.rules.parent / "counts"
        counts.mkdir()
        os.environ[SHARED_COUNTS] = str(counts)
    with collector_paused():
        import uvicorn  # here, so that the other commands start without it

        from api import logs
        from api.app import create_app
        from api.connections import Connection, most_connections, raise_file_limit
        from api.request import state_with

        app = "api.app:create_app" if of_several else create_app(state=state_with(settings, assessor, probes))
    raise_file_limit()
    uvicorn.run(
        app,
        factory=of_several,
        http=Connection,
        backlog=most_connections(),  # all that wait are taken before one too many can be closed
        log_config=logs.config(settings.log_level),
        access_log=False,  # it would hold queries
        timeout_graceful_shutdown=STOP_SECONDS,
        **options,
    )


def _refuse_unready(host: str, settings: Settings) -> None:
    """Exit with 2 where others could reach the service and it is not ready for them, naming all that is missing."""
    missing = [
        f"{name}: {why}"
        for name, value, why in (
            ("TRIAGE_PUBLIC_URL", settings.public_url, "the https address where others reach the service"),
            ("TRIAGE_CRISIS_LINE", settings.crisis_line, "texts would name no crisis line to call"),
            ("TRIAGE_EMERGENCY_NUMBER", settings.emergency_number, "texts would name no number to call"),
            ("triage accounts add", _someone_can_sign_in(settings), "nobody has an account with a password"),
        )
        if not value
    ]
    if missing:
        err.print(f"`{host}` can be reached by others. Before the service starts there, set:", markup=False)
        for line in missing:
            err.print(f"  {line}", markup=False)
        err.print("Or serve on 127.0.0.1.", markup=False)
        raise typer.Exit(2)


def _someone_can_sign_in(settings: Settings) -> bool:
    from api.people.commands import can_anyone_sign_in  # here, so that the other commands start without it
    from api.storage.database import StorageUnavailable

    if settings.openid_issuer:
        return True
    try:
        return can_anyone_sign_in(settings)
    except StorageUnavailable:
        return False


def _print_sign_in_link(host: str, port: int, settings: Settings) -> None:
    """Print the address that signs in whoever started the service; the form works without it."""
    from api.people.commands import link_for_this_machine
    from api.storage.database import StorageUnavailable
    from api.storage.schema import NewerDatabase

    try:
        token = link_for_this_machine(settings)
    except (StorageUnavailable, NewerDatabase) as error:
        err.print(f"Records are not available ({error}): the form works, nothing is stored.", markup=False)
        return
    err.print(f"Sign in once, for records: http://{host}:{port}/sign-in/link/{token}", markup=False, soft_wrap=True)
