"""Read YAML text with the position of every part, and without the implicit types of YAML 1.1.

PyYAML's C parser gives nodes with positions. Plain whole numbers become int, plain ``true`` and ``false`` bool,
``null``, ``~`` and an empty value None. Every other scalar is text, so that ``no`` stays ``"no"``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from triage.model.faults import Fault, FaultyRuleSet, KeyPath, Place, place_in

_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)\Z")
_PLAIN = {"true": True, "false": False, "null": None, "~": None, "": None}


def yaml_words(value: object) -> str:
    """A value in the spelling of a YAML file."""
    if value is None or isinstance(value, bool):
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(yaml_words, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {yaml_words(entry)}" for name, entry in value.items()) + "}"
    if isinstance(value, frozenset):
        return yaml_words(sorted(value))
    return str(value)


@dataclass(frozen=True)
class Document:
    """The data of a YAML file, with the place of each part."""

    file: str
    data: Any
    places: dict[KeyPath, Place] = field(repr=False)

    def place(self, path: KeyPath) -> Place:
        """The place of ``path``, or of the nearest part that encloses it."""
        return place_in(self.places, path, Place(self.file))


def read(path: Path, name: str) -> Document:
    """Read one YAML file. ``name`` is its name in messages.

    Raises FaultyRuleSet with all faults of the text: not UTF-8, not YAML, a key twice, an alias, a second document.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise FaultyRuleSet([Fault(Place(name), "text", f"The file can't be read: {reason}.")]) from error
    return parse(text, name)


def parse(text: str, name: str) -> Document:
    """Read YAML text; see :func:`read`."""
    try:
        node = _Nodes(text).get_single_node()
    except yaml.MarkedYAMLError as error:
        raise FaultyRuleSet([_syntax_fault(error, text, name)]) from error
    except yaml.YAMLError as error:
        raise FaultyRuleSet([Fault(Place(name), "text", f"The file is not YAML: {error}.")]) from error
    if node is None:
        raise FaultyRuleSet([Fault(Place(name), "text", "The file is empty.")])
    walk = _Walk(name)
    data = walk.data(node, ())
    if walk.faults:
        raise FaultyRuleSet(walk.faults)
    return Document(name, data, walk.places)


def _syntax_fault(error: yaml.MarkedYAMLError, text: str, name: str) -> Fault:
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return Fault(Place(name), "text", f"The file is not YAML: {error.problem}.")
    place = Place(name, mark.line + 1, mark.column + 1)
    lines = text.splitlines()
    line = lines[mark.line] if mark.line < len(lines) else ""
    if "\t" in line:
        place = Place(name, mark.line + 1, line.index("\t") + 1)
        return Fault(place, "text", "There is a tab in the indentation.", "YAML is indented with spaces.")
    return Fault(place, "text", f"This is not YAML: {error.problem}.")


class _Nodes(yaml.CBaseLoader):
    """Reads YAML text into nodes without types: ``_Walk`` finds these, and looking for them twice would take long."""

    def descend_resolver(self, current_node: yaml.Node | None, current_index: object) -> None:
        """Do nothing where the parser enters a part."""

    def ascend_resolver(self) -> None:
        """Do nothing where the parser leaves a part."""

    def resolve(self, kind: type[yaml.Node], value: object, implicit: object) -> str:  # noqa: ARG002 - PyYAML's own
        """Give every node the same tag."""
        return ""


class _Walk:
    def __init__(self, name: str) -> None:
        self.name = name
        self.places: dict[KeyPath, Place] = {}
        self.faults: list[Fault] = []
        self._seen: set[int] = set()

    def data(self, node: yaml.Node, path: KeyPath) -> Any:
        if path not in self.places:  # the place of a value in a mapping is that of its key
            self.places[path] = self._place(node)
        if id(node) in self._seen:  # an alias is its anchor's node; nested aliases grow exponentially
            message = "An alias repeats what stands here."
            self.faults.append(
                Fault(self._place(node), "text", message, "Write it out each time: `&` and `*` are not read.")
            )
            return None
        self._seen.add(id(node))
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        if isinstance(node, yaml.SequenceNode):
            return [self.data(entry, (*path, index)) for index, entry in enumerate(node.value)]
        assert isinstance(node, yaml.MappingNode)
        return self._mapping(node, path)

    def _place(self, node: yaml.Node) -> Place:
        return Place(self.name, node.start_mark.line + 1, node.start_mark.column + 1)

    def _scalar(self, node: yaml.ScalarNode) -> str | int | bool | None:
        text: str = node.value
        if node.style:
            return text
        if text in _PLAIN:
            return _PLAIN[text]
        return int(text) if _INTEGER.match(text) else text

    def _mapping(self, node: yaml.MappingNode, path: KeyPath) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key_place = self._place(key_node)
            if not isinstance(key_node, yaml.ScalarNode):
                self.faults.append(Fault(key_place, "text", "A key must be a word."))
                continue
            key: str = key_node.value
            if key in mapping:
                first = self.places[(*path, key)]
                message = f"The key `{key}` stands here a second time (first in line {first.line})."
                self.faults.append(Fault(key_place, "text", message, "Keep one of the two."))
                continue
            self.places[(*path, key)] = key_place
            mapping[key] = self.data(value_node, (*path, key))
        return mapping
