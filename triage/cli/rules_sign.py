"""``triage rules sign``: what clinicians said of the rules in the pages, written into the rules' `review`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from triage.check.signing import Said, plan_signing, write_reviews
from triage.cli.common import (
    RulesFolder,
    checked_ruleset,
    counted,
    out,
    printable,
    read_settings,
    saying_why_unreadable,
)
from triage.presenting.rule_version import version_of
from triage.settings import PUBLISHED

if TYPE_CHECKING:
    from api.records.sign_offs import SignOff

LOCAL = "local"


def sign(
    tenant: Annotated[str, typer.Option(help="The clinic whose requests are read.")] = LOCAL,
    older: Annotated[
        bool, typer.Option("--older", help="Count what was said of an older version of a rule as well.")
    ] = False,
    try_only: Annotated[bool, typer.Option("--try", help="Say what would be written, and write nothing.")] = False,
    rules: RulesFolder = PUBLISHED,
) -> None:
    """Sign the rules for which clinicians asked for sign-off in the pages: write who and when into each rule's review.

    A rule to which a clinician objects is not signed, nor is one that was changed since it was read (see --older).
    """
    from api import commands  # here, so that the other commands about rules need no database's driver

    ruleset = checked_ruleset(rules)
    settings = read_settings()
    with saying_why_unreadable():
        requests = commands.sign_offs(settings, tenant)
    versions = {rule.id: version_of(rule, ruleset) for rule in ruleset.all_rules}
    statements = [one for request in requests for one in _of_each_rule(request)]
    planned = plan_signing(ruleset, statements, versions, older=older)
    for signing in planned:
        out.print(printable(f"{signing.rule}: {signing.sentence}."), markup=False, soft_wrap=True)
    reviews = {signing.rule: signing.review for signing in planned if signing.review is not None}
    if not reviews:
        out.print("Nothing is to be signed: no rule was changed.")
        return
    if try_only:
        out.print(f"{counted(len(reviews), 'rule')} would be signed; nothing was written.")
        return
    files = write_reviews(ruleset, rules, reviews)
    with saying_why_unreadable():
        commands.note_signed(settings, reviews)
    out.print(
        f"{counted(len(reviews), 'rule')} signed in {counted(len(files), 'file')}. "
        "Release them: `triage rules bump`, then `triage rules alarm --store`.",
        soft_wrap=True,
    )


def _of_each_rule(request: SignOff) -> Iterator[Said]:
    for rule, version in request.versions.items():
        yield Said(
            rule=rule,
            agrees=request.verdict == "agree",
            account=request.made_by,
            by=request.signed_as,
            on=request.at[:10],
            comment=request.comment,
            version=version,
        )
