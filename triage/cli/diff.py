"""``triage diff``: two versions of the rules, compared by what they do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.padding import Padding
from rich.text import Text

from triage.cli.common import RulesFolder, err, out, read_settings, saying_why_unreadable, tell_faults
from triage.cli.diff_over import percent, tell_moves
from triage.cli.referrals import referrals_of
from triage.engines.completions.counting import CompleteReferrals, Direction, OnlyContradictions
from triage.model.faults import FaultyRuleSet
from triage.model.frequencies import Frequencies
from triage.presenting.labels import Labels
from triage.reading.frequencies_file import read_frequencies
from triage.reading.json_text import parse_json
from triage.reading.referral import Referral, RefusedReferral
from triage.reading.referral_reader import ReferralReader
from triage.reading.revision import ruleset_named
from triage.settings import PUBLISHED

if TYPE_CHECKING:
    from triage.analysis.compare import Axis


def diff(
    old: Annotated[str, typer.Argument(help="The rules before: a folder, or a git revision.")],
    new: Annotated[str, typer.Argument(help="The rules after: a folder, or a git revision.")] = "",
    referrals: Annotated[list[Path] | None, typer.Option(help="A file of referrals to count the moves in.")] = None,
    frequencies: Annotated[Path | None, typer.Option(help="A file of how often each answer is given.")] = None,
    over: Annotated[Path | None, typer.Option(help="A table of referrals: CSV, Parquet, .ndjson. Who moves?")] = None,
    by: Annotated[str | None, typer.Option(help="With --over: a column of the table to count by.")] = None,
    noise: Annotated[float, typer.Option(help="With --over: the percentage below which moves are noise.")] = 0.1,
    movers: Annotated[Path | None, typer.Option(help="With --over: a CSV file of the rows that move.")] = None,
    picture: Annotated[Path | None, typer.Option(help="With --over: an SVG file of the moves of urgency.")] = None,
    exact: Annotated[bool, typer.Option("--exact", help="Write counts of complete referrals in all digits.")] = False,
    store: Annotated[bool, typer.Option("--store", help="Count the moves in the records that are kept.")] = False,
    rules: RulesFolder = PUBLISHED,
) -> None:
    """Say which kinds of referral get another rating or urgency, and why, and how many complete referrals do.

    With frequencies of answers it also says which share of referrals is expected to move.
    Exits with 1 if any outcome moves and the version was not raised.
    """
    from triage.analysis.compare import counts, moves  # here, so that the other commands start without the solver
    from triage.analysis.formulas import SolverTimeout

    try:
        before, after = ruleset_named(old, rules), ruleset_named(new or str(rules), rules)
        moved = moves(before, after)
        frequent = None if frequencies is None else read_frequencies(frequencies, after.vocabulary)
    except FaultyRuleSet as faulty:
        tell_faults(faulty)
        raise typer.Exit(2) from faulty
    except SolverTimeout as timeout:
        err.print(f"{timeout} Nothing is said of what moves.", markup=False)
        raise typer.Exit(2) from timeout
    out.print(f"From {before.version} ({before.digest[:19]}) to {after.version} ({after.digest[:19]}).", markup=False)
    labels = Labels(after)
    for move in moved:
        _line(f"{move.axis.capitalize()} from {labels.term(move.before)} to {labels.term(move.after)}:", 0)
        answers = "; ".join(f"{labels.fact(name)}: {labels.answer(name, value)}" for name, value in move.facts.items())
        _line(f"where {answers or 'nothing is answered'}", 2)
        _line(f"by {', '.join(move.rules) or 'the scales'}", 2)
    complete = CompleteReferrals(before, after) if moved else None
    counted, expected = _tell_counts(complete, frequent, labels, exact) if complete is not None else ({}, {})
    if over is not None:
        tell_moves(
            before,
            after,
            over,
            by,
            noise,
            counted,
            expected,
            count=complete.count if complete is not None else 1,
            movers=movers,
            picture=picture,
        )
    if referrals:
        reader = ReferralReader(after.vocabulary)
        read = [
            line.referral
            for _, line in referrals_of([str(path) for path in referrals], reader)
            if line and line.referral
        ]
        _tell_moves(counts(before, after, read), len(read), labels)
    if store:
        kept = _stored(ReferralReader(after.vocabulary))
        _tell_moves(counts(before, after, kept), len(kept), labels)
    if not moved:
        out.print("No outcome moves.")
    elif before.version == after.version:
        err.print("Outcomes move and the version is the same: raise `version` in ruleset.yaml.", markup=False)
        raise typer.Exit(1)


def _stored(reader: ReferralReader) -> list[Referral]:
    """The newest referral of each record that the rules after take; says how many they refuse."""
    from api import commands  # here, so that a comparison without a store needs no database's driver

    kept, refused = [], 0
    with saying_why_unreadable():
        texts = commands.stored_referrals(read_settings())
    for text in texts:
        try:
            kept.append(reader.read(parse_json(text)))
        except RefusedReferral:
            refused += 1
    if refused:
        err.print(f"{refused} of {len(kept) + refused} stored referrals are refused by the rules after.", markup=False)
    return kept


def _tell_moves(moved: Counter[tuple[Axis, str, str]], number: int, labels: Labels) -> None:
    for (axis, was, is_), count in sorted(moved.items()):
        _line(f"{count} of {number}: {axis} from {labels.term(was)} to {labels.term(is_)}", 0)


def _tell_counts(
    referrals: CompleteReferrals, frequencies: Frequencies | None, labels: Labels, exact: bool
) -> tuple[Mapping[Direction, int], Mapping[Direction, float]]:
    """Say of each direction how many complete referrals move, and the share that is expected to."""
    counted = referrals.moves()
    try:
        expected = {} if frequencies is None else referrals.expected_moves(frequencies)
    except OnlyContradictions as contradicting:
        err.print(str(contradicting), markup=False)
        raise typer.Exit(2) from contradicting
    written = "{:,}".format if exact else _rounded
    _line(f"Of all {written(referrals.count)} complete referrals:" if counted else "No complete referral moves.", 0)
    for (scale, before, after), count in counted.items():
        direction = f"{scale} from {labels.term(before)} to {labels.term(after)}"
        _line(f"{direction}: {written(count)} ({percent(count / referrals.count)})", 2)
        if frequencies is not None:
            _line(f"expected of {percent(expected.get((scale, before, after), 0.0))} of referrals", 4)
    return counted, expected


def _rounded(count: int) -> str:
    """A count as it is read: with three digits and a power of ten, from a billion on."""
    if count < 10**9:
        return f"{count:,}"
    digits, _, power = f"{Decimal(count):.2e}".partition("e+")
    return f"{digits} × 10^{power}"


def _line(text: str, indent: int) -> None:
    out.print(Padding(Text(text), (0, 0, 0, indent)))
