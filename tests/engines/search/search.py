"""A complete search for a completion: in one box of each group, and in none of the forbidden boxes.

Propagation does nearly all of it: a forbidden box with one part open rules that part out, a group with one box left
forces it, and an axis with a class that offends nothing takes it. What is left is tried both ways.
"""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic

from tests.engines.search.space import Box

Domains = list[int]
"""For each axis the mask of the classes still possible."""

Groups = Sequence[Sequence[Box]]


class OutOfTime(Exception):
    """The deadline passed before the answer was certain."""


def check_time(deadline: float | None) -> None:
    """Raise OutOfTime past the deadline (of the monotonic clock, in seconds)."""
    if deadline is not None and monotonic() > deadline:
        raise OutOfTime


def find(
    domains: Domains, forbidden: Sequence[Box], groups: Groups = (), deadline: float | None = None
) -> Domains | None:
    """Narrow the domains until *every* choice within them is a solution; None if there is none.

    Raises OutOfTime past the deadline.
    """
    check_time(deadline)
    domains = list(domains)
    while True:
        size = len(forbidden), len(groups)
        rest = _rule_out(domains, forbidden)
        left = None if rest is None else _force(domains, groups)
        if rest is None or left is None:
            return None
        forbidden, groups = rest, left
        if not forbidden and not groups:
            return domains
        if not _settle(domains, forbidden, groups) and size == (len(forbidden), len(groups)):
            break
    return _branch(domains, forbidden, groups, deadline)


def _rule_out(domains: Domains, forbidden: Sequence[Box]) -> list[Box] | None:
    """Narrow the domains by forbidden boxes with one part open; give the boxes still open, None for a conflict."""
    rest: list[Box] = []
    for box in forbidden:
        undecided = 0
        axis_open = mask_open = 0
        for axis, mask in box:
            domain = domains[axis]
            if not domain & mask:
                break
            if domain & ~mask:
                undecided += 1
                axis_open, mask_open = axis, mask
        else:
            if undecided == 0:
                return None
            if undecided == 1:
                domains[axis_open] &= ~mask_open
            else:
                rest.append(box)
    return rest


def _force(domains: Domains, groups: Groups) -> list[Sequence[Box]] | None:
    """Narrow the domains by groups with one box left; give the groups still open, None for a conflict."""
    rest: list[Sequence[Box]] = []
    for group in groups:
        viable = []
        for box in group:
            certain = True
            for axis, mask in box:
                domain = domains[axis]
                if not domain & mask:
                    break
                if domain & ~mask:
                    certain = False
            else:
                viable.append(box)
                if certain:
                    break
        else:
            if not viable:
                return None
            if len(viable) == 1:
                for axis, mask in viable[0]:
                    domains[axis] &= mask
            else:
                rest.append(viable)
    return rest


def _settle(domains: Domains, forbidden: Sequence[Box], groups: Groups) -> bool:
    """Let each axis that has classes in no forbidden box, and in every box of a group that reads it, keep only those.

    That loses no solution that matters: whatever the others are, such a class offends nothing and serves every group.
    """
    offending: dict[int, int] = {}
    for box in forbidden:
        for axis, mask in box:
            offending[axis] = offending.get(axis, 0) | mask
    serving: dict[int, int] = {}
    for group in groups:
        for box in group:
            for axis, mask in box:
                serving[axis] = serving.get(axis, -1) & mask
    changed = False
    for axis in offending.keys() | serving.keys():
        free = domains[axis] & ~offending.get(axis, 0) & serving.get(axis, -1)
        if free and free != domains[axis]:
            domains[axis] = free
            changed = True
    return changed


def _branch(domains: Domains, forbidden: Sequence[Box], groups: Groups, deadline: float | None) -> Domains | None:
    """Try the smallest group box by box, or else one part of the shortest forbidden box both ways."""
    if groups:
        group = min(groups, key=len)
        others = [each for each in groups if each is not group]
        tried: list[Box] = []
        for box in group:
            inside = list(domains)
            for axis, mask in box:
                inside[axis] &= mask
            found = find(inside, [*forbidden, *tried], others, deadline)
            if found is not None:
                return found
            tried.append(box)
        return None
    shortest = min(forbidden, key=len)
    axis, mask = next((axis, mask) for axis, mask in shortest if domains[axis] & ~mask)
    for part in (~mask, mask):
        either = list(domains)
        either[axis] &= part
        found = find(either, forbidden, groups, deadline)
        if found is not None:
            return found
    return None
