"""The command line: ``triage assess``, ``serve``, ``rules …`` and what asks questions of all referrals."""

from __future__ import annotations

import typer

from triage.cli import accounts, assess, diff, docs, explain, prove, rules, serve

app = typer.Typer(
    name="triage",
    help="Suitability and triage for interpersonal psychotherapy: decision support for clinicians, not a diagnosis.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("assess")(assess.assess)
app.command("diff")(diff.diff)
app.command("docs")(docs.docs)
app.command("explain")(explain.explain)
app.command("serve")(serve.serve)
app.command("prove")(prove.prove)
app.add_typer(rules.app, name="rules")
app.add_typer(accounts.app, name="accounts")


def main() -> None:
    """Run the command line."""
    app()
