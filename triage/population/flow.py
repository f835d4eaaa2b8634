"""A picture of who moves: bands from the values before to the values after, as SVG, with the same facts in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

WIDTH, HEIGHT, TOP, SIDE, BAR, GAP = 760, 420, 50, 190, 14, 10
STAYS, MOVES_UP, MOVES_DOWN = "#b1b4b6", "#b5380a", "#1d5f9e"
"""The colours of bands that stay, go up and go down; a dash pattern tells the last two apart without colour."""

Flows = Mapping[tuple[str, str], int]


def flow_picture(title: str, values: Sequence[str], flows: Flows, labels: Mapping[str, str]) -> str:
    """The picture of one scale: ``values`` from the top down, ``flows`` by value before and after."""
    total = sum(flows.values())
    before, after = (_bars(values, flows, side, total) for side in (0, 1))
    words = in_words(flows, labels)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"',
        ' font-family="sans-serif" font-size="14">',
        f"<title>{escape(title)}</title><desc>{escape(words)}</desc>",
        f'<text x="{SIDE}" y="24" text-anchor="end" font-weight="bold">Before</text>',
        f'<text x="{WIDTH - SIDE}" y="24" font-weight="bold">After</text>',
        *_bands(values, flows, before, after, total),
        *_side(before, flows, 0, labels),
        *_side(after, flows, 1, labels),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def in_words(flows: Flows, labels: Mapping[str, str]) -> str:
    """What the picture shows, in words: those that move first, the most first, then how many stay."""
    moving = sorted(((n, flow) for flow, n in flows.items() if flow[0] != flow[1]), reverse=True)
    parts = [f"{count:,} from {labels[before]} to {labels[after]}" for count, (before, after) in moving]
    staying = sum(count for flow, count in flows.items() if flow[0] == flow[1])
    return "; ".join([*parts, f"{staying:,} stay"]) + "."


def _bars(values: Sequence[str], flows: Flows, side: int, total: int) -> dict[str, tuple[float, float]]:
    """Top and height of the bar of each value on one side."""
    counts = {value: sum(n for flow, n in flows.items() if flow[side] == value) for value in values}
    room = HEIGHT - TOP - 20 - GAP * (len(values) - 1)
    bars: dict[str, tuple[float, float]] = {}
    top = float(TOP)
    for value in values:
        height = counts[value] / total * room if total else 0.0
        bars[value] = (top, height)
        top += height + GAP
    return bars


def _bands(
    values: Sequence[str],
    flows: Flows,
    before: Mapping[str, tuple[float, float]],
    after: Mapping[str, tuple[float, float]],
    total: int,
) -> list[str]:
    room = HEIGHT - TOP - 20 - GAP * (len(values) - 1)
    used_before, used_after = dict.fromkeys(values, 0.0), dict.fromkeys(values, 0.0)
    bands = []
    left, right = SIDE + GAP + BAR, WIDTH - SIDE - GAP - BAR
    for source in values:
        for target in values:
            height = flows.get((source, target), 0) / total * room if total else 0.0
            if height:
                start, end = before[source][0] + used_before[source], after[target][0] + used_after[target]
                used_before[source] += height
                used_after[target] += height
                bands.append(_band(left, right, start, end, height, values.index(target) - values.index(source)))
    return bands


def _band(left: int, right: int, start: float, end: float, height: float, steps: int) -> str:
    middle = (left + right) / 2
    colour = STAYS if not steps else MOVES_UP if steps < 0 else MOVES_DOWN
    edge = "" if not steps else f' stroke="{colour}"' + (' stroke-dasharray="4 3"' if steps > 0 else "")
    return (
        f'<path fill="{colour}" fill-opacity="{0.35 if not steps else 0.7}"{edge} d="M{left},{start:.1f} '
        f"C{middle:.0f},{start:.1f} {middle:.0f},{end:.1f} {right},{end:.1f} L{right},{end + height:.1f} "
        f'C{middle:.0f},{end + height:.1f} {middle:.0f},{start + height:.1f} {left},{start + height:.1f} Z"/>'
    )


def _side(bars: Mapping[str, tuple[float, float]], flows: Flows, side: int, labels: Mapping[str, str]) -> list[str]:
    """The bars of one side, each with its label and how many there are."""
    x = SIDE + GAP if side == 0 else WIDTH - SIDE - GAP - BAR
    text_x, anchor = (SIDE, "end") if side == 0 else (WIDTH - SIDE, "start")
    drawn, lowest = [], float(TOP) - 16
    for value, (top, height) in bars.items():
        count = sum(n for flow, n in flows.items() if flow[side] == value)
        if count:
            lowest = max(lowest + 16, top + height / 2 + 5)
            drawn.append(f'<rect x="{x}" y="{top:.1f}" width="{BAR}" height="{max(height, 1):.1f}" fill="#0b0c0c"/>')
            drawn.append(
                f'<text x="{text_x}" y="{lowest:.1f}" text-anchor="{anchor}">{escape(labels[value])} {count:,}</text>'
            )
    return drawn
