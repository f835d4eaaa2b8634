"""Draw the packages as rooms on floors, with their modules and imports, and name every circle of imports.

``python tools/draw_house.py [--revision REV]`` reads the imports of the working tree, or of a revision of git, without
running any of the code. A room is what stands directly in `triage/` or `api/`; a room is one floor above the highest
room that it imports. Rooms that import each other in a circle share a floor and are named as a circle.
"""

from __future__ import annotations

import argparse
import io
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("triage", "api")
Arrows = dict[str, set[str]]


def main() -> None:
    """Print the drawing of the working tree or of a revision of git."""
    parser = argparse.ArgumentParser(description="Draw the packages as rooms on floors.")
    parser.add_argument("--revision", help="a revision of git; the working tree where none is given")
    revision = parser.parse_args().revision
    if revision is None:
        _print_house(ROOT, "the working tree")
        return
    with tempfile.TemporaryDirectory() as folder:
        _unpack(revision, Path(folder))
        _print_house(Path(folder), revision)


def _unpack(revision: str, folder: Path) -> None:
    packed = subprocess.run(
        ["git", "archive", "--format=tar", revision, *PACKAGES], cwd=ROOT, capture_output=True, check=False
    )
    if packed.returncode:
        sys.exit(f"`{revision}` can't be read: {packed.stderr.decode().strip()}")
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
        archive.extractall(folder, filter="data")


def _print_house(folder: Path, name: str) -> None:
    sys.path.insert(0, str(folder))  # grimp looks for packages where Python does
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    modules = graph.modules - set(PACKAGES)
    between_modules = {module: graph.find_modules_directly_imported_by(module) & modules for module in modules}
    rooms: dict[str, set[str]] = {}
    for module in modules:
        rooms.setdefault(room_of(module), set()).add(module)
    arrows = {room: imported_rooms(room, members, between_modules) for room, members in rooms.items()}
    lines = [*_drawn(rooms, arrows), *_summary(rooms, arrows, between_modules)]
    sys.stdout.write("\n".join([f"The house of {name}", *lines, ""]))


def room_of(module: str) -> str:
    """Give the room of a module: the first two parts of its name."""
    return ".".join(module.split(".")[:2])


def imported_rooms(room: str, members: Iterable[str], imports: Mapping[str, set[str]]) -> set[str]:
    """List the other rooms that the members of a room import."""
    return {room_of(target) for member in members for target in imports[member]} - {room}


def circles(arrows: Mapping[str, set[str]]) -> list[list[str]]:
    """List the groups whose members all reach one another."""
    reached = {start: _reached(start, arrows) for start in arrows}
    groups = {
        tuple(sorted(other for other in reached[start] if start in reached[other]))
        for start in arrows
        if start in reached[start]
    }
    return [list(group) for group in sorted(groups)]


def _reached(start: str, arrows: Mapping[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    waiting = list(arrows[start])
    while waiting:
        node = waiting.pop()
        if node not in reached:
            reached.add(node)
            waiting.extend(arrows[node])
    return reached


def floors(arrows: Mapping[str, set[str]]) -> dict[str, int]:
    """Give the floor of each room, 0 for one that imports no other; a circle lies on one floor."""
    together = {member: tuple(circle) for circle in circles(arrows) for member in circle}
    heights: dict[str, int] = {}

    def floor(room: str) -> int:
        if room not in heights:
            members = together.get(room, (room,))
            below = {other for member in members for other in arrows[member]} - set(members)
            height = max((floor(other) + 1 for other in below), default=0)
            heights.update(dict.fromkeys(members, height))
        return heights[room]

    for room in arrows:
        floor(room)
    return heights


def _drawn(rooms: Mapping[str, set[str]], arrows: Mapping[str, set[str]]) -> list[str]:
    lines = []
    height = floors(arrows)
    for number in sorted(set(height.values()), reverse=True):
        lines.append(f"\nfloor {number}")
        for room in sorted(name for name, floor in height.items() if floor == number):
            inside = sorted(module.removeprefix(f"{room}.") for module in rooms[room] if module != room)
            lines.append(f"  {room}" + (f" ({len(rooms[room])}): {', '.join(inside)}" if inside else ""))
            if arrows[room]:
                lines.append(f"      -> {', '.join(sorted(arrows[room]))}")
    return lines


def _summary(
    rooms: Mapping[str, set[str]], arrows: Mapping[str, set[str]], between_modules: Mapping[str, set[str]]
) -> list[str]:
    count = {
        "rooms": len(rooms),
        "floors": len(set(floors(arrows).values())),
        "arrows": sum(map(len, arrows.values())),
        "modules": sum(map(len, rooms.values())),
        "imports between modules": sum(map(len, between_modules.values())),
    }
    lines = ["", ", ".join(f"{number} {what}" for what, number in count.items())]
    for what, groups in (("rooms", circles(arrows)), ("modules", circles(between_modules))):
        lines.append(f"circles of {what}: {len(groups)}")
        lines.extend("  " + " <-> ".join(circle) for circle in groups)
    return lines


if __name__ == "__main__":
    main()
