"""Types of text whose allowed words come from the rule set, for the JSON Schema of rule files."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import WithJsonSchema

WORDS = "words"
"""A key in a schema, whose value names a kind of word. It is later replaced by the list of these words."""


def _words(kind: str) -> WithJsonSchema:
    return WithJsonSchema({WORDS: kind})


RatingWord = Annotated[str, _words("ratings")]
DangerWord = Annotated[str, _words("dangers")]
LineWord = Annotated[str, _words("lines")]
LevelWord = Annotated[str, _words("urgencies")]
CertaintyWord = Annotated[str, _words("certainties")]
RoleWord = Annotated[str, _words("roles")]
TargetWord = Annotated[str, _words("targets")]
FormatWord = Annotated[str, _words("formats")]
AreaWord = Annotated[str, _words("areas")]
TherapyWord = Annotated[str, _words("therapies")]
TopicWord = Annotated[str, _words("topics")]
SourceWord = Annotated[str, _words("sources")]
EvidenceWord = Annotated[str, _words("evidence_rows")]
Conditions = Annotated[dict[str, Any], _words("conditions")]
Given = Annotated[dict[str, Any], _words("answers")]
Derived = Annotated[dict[str, str], _words("derived")]
