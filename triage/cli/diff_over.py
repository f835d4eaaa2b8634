"""What ``triage diff --over`` prints: whom a change moves in a table, beside all complete referrals."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table

from triage.cli.common import err, out
from triage.cli.progress import progress_of
from triage.engines.completions.counting import Direction
from triage.model.ruleset import RuleSet
from triage.model.scales import ON_HOLD
from triage.presenting.labels import Labels

if TYPE_CHECKING:
    from triage.population.moves import Moves

MOST_RULES = 3
GROUPS = 50
NUMBERS = ("Rows", "Share", "Of all complete", "Expected")
"""The headings of columns of numbers."""


def tell_moves(
    old: RuleSet,
    new: RuleSet,
    file: Path,
    by: str | None,
    noise: float,
    counted: Mapping[Direction, int],
    expected: Mapping[Direction, float],
    *,
    count: int,
    movers: Path | None,
    picture: Path | None,
) -> None:
    """Rate the table by both rule sets and print who moves; exits with 2 where the table can't be rated."""
    from triage.population.moves import Moving
    from triage.population.refusals import BadTable
    from triage.population.sources import source_of
    from triage.population.targets import check_targets

    try:
        check_targets(file, {"--movers": movers, "--picture": picture})
        source = source_of(file, new, [by] if by else [])
        moving = Moving(old, new, source, by)
        with progress_of(err) as progress:
            task = progress.add_task(file.name, total=1.0)
            moves = moving.over(movers, lambda done: progress.update(task, completed=done))
    except BadTable as fault:
        err.print(str(fault), markup=False)
        raise typer.Exit(2) from fault
    labels = Labels(new)
    refused = f", {moves.refused:,} refused" if moves.refused else ""
    out.print(
        f"Of {moves.rated:,} rows of {file.name}{refused}, {moves.moved:,} move ({percent(moves.share)}).",
        markup=False,
    )
    if held := moves.flows.get(("rating", ON_HOLD, ON_HOLD), 0):
        out.print(
            f"{held:,} row{' stays' if held == 1 else 's stay'} on hold, so that no change of their rating shows."
        )
    if moves.moved and moves.share < noise / 100:
        out.print(f"That is less than {noise:g} %: no more than noise, by the share that was set.", markup=False)
    if moves.directions:
        _print_directions(moves, labels, counted, expected, count)
    if moves.groups:
        _print_groups(moves)
    if picture is not None:
        _draw(moves, new, labels, picture)


def _print_directions(
    moves: Moves,
    labels: Labels,
    counted: Mapping[Direction, int],
    expected: Mapping[Direction, float],
    count: int,
) -> None:
    """Each direction with rows, share, the share of all complete referrals, the expected share, and the rules."""
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column("Who moves, so far", overflow="fold")
    for heading in NUMBERS:
        table.add_column(heading, justify="right")
    for direction, rows in sorted(moves.directions.items(), key=lambda entry: (-entry[1], entry[0])):
        scale, before, after = direction
        by_rule: Mapping[str, int] = moves.rules.get(direction, {})
        most = sorted(by_rule, key=lambda id_: (-by_rule[id_], id_))
        more = f" and {len(most) - MOST_RULES} more" if len(most) > MOST_RULES else ""
        exact = counted.get(direction)
        rules = ", ".join(f"{id_} ({by_rule[id_]:,})" for id_ in most[:MOST_RULES]) + more or "the scales"
        table.add_row(
            f"{scale.capitalize()} from {labels.term(before)} to {labels.term(after)}, by {rules}",
            f"{rows:,}",
            percent(rows / moves.rated),
            "" if exact is None else percent(exact / count),
            percent(expected[direction]) if direction in expected else "",
        )
    out.print(table)


def _print_groups(moves: Moves) -> None:
    out.print(f"Who moves, by {moves.by}", style="table.title", markup=False)
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for heading in (str(moves.by), "Rows", "Move", "Share"):
        table.add_column(heading, justify="left" if heading == moves.by else "right")
    groups = sorted(moves.groups.items(), key=lambda group: (-group[1][1], group[0]))
    for name, (rows, moved) in groups[:GROUPS]:
        table.add_row(name or "(empty)", f"{rows:,}", f"{moved:,}", percent(moved / rows))
    out.print(table)
    if len(groups) > GROUPS:
        out.print(f"{len(groups) - GROUPS:,} more values of {moves.by} are not shown.", markup=False)


def _draw(moves: Moves, ruleset: RuleSet, labels: Labels, picture: Path) -> None:
    """Draw the flow between levels, and say the same in words."""
    from triage.population.flow import flow_picture, in_words

    levels = tuple(reversed(ruleset.scales.urgency_ids))
    flows = {(before, after): n for (scale, before, after), n in moves.flows.items() if scale == "urgency"}
    names = {level: labels.term(level) for level in levels}
    picture.write_text(flow_picture("Urgency before and after the change", levels, flows, names), encoding="utf-8")
    out.print(f"Urgency: {in_words(flows, names)}", markup=False)


def percent(share: float) -> str:
    """A share as a percentage, to two places."""
    return "under 0.01 %" if 0 < share < 0.0001 else f"{share * 100:.2f} %"
