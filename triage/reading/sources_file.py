"""Read ``sources.yaml``: the bibliography, the claims of the page, and the rows of the evidence index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from triage.model.faults import Fault, FaultyRuleSet, Place
from triage.model.ruleset import Source
from triage.reading.shape import Strict, shaped
from triage.reading.yaml_text import Document

Kind = Literal[
    "guideline",
    "meta-analysis",
    "trial",
    "review",
    "manual",
    "instrument",
    "standard",
    "regulation",
    "service-page",
    "web",
    "proposal",
]


class _Source(Strict):
    id: str
    citation: str
    kind: Kind
    verified: bool
    address: str | None = None
    doi: str | None = None
    checked_on: str | None = None
    note: str | None = None
    dossier: str | list[str] | None = None
    claims: dict[str, str] = Field(default_factory=dict)


class _Row(Strict):
    id: str
    title: str
    no_rule: str | None = None


class _SourcesText(Strict):
    sources: list[_Source]
    evidence_rows: list[_Row] = Field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sources:
    """The sources by id, the evidence rows with their titles, why some have no rule, and the places of both."""

    sources: dict[str, Source]
    evidence_rows: dict[str, str]
    rows_without_rule: dict[str, str]
    places: dict[str, Place]


def read_sources(document: Document) -> Sources:
    """Read ``sources.yaml``. Raises FaultyRuleSet with all its faults."""
    text = shaped(document, _SourcesText)
    faults = []
    seen: set[str] = set()
    for index, source in enumerate(text.sources):
        if source.id in seen:
            place = document.place(("sources", index, "id"))
            faults.append(Fault(place, "duplicate-id", f"The source `{source.id}` is there twice.", "Keep one."))
        seen.add(source.id)
    if faults:
        raise FaultyRuleSet(faults)
    sources = {source.id: _source(source) for source in text.sources}
    titles = {row.id: row.title for row in text.evidence_rows}
    reasons = {row.id: row.no_rule for row in text.evidence_rows if row.no_rule}
    return Sources(sources, titles, reasons, _places(text, document))


def _places(text: _SourcesText, document: Document) -> dict[str, Place]:
    """Where each claim and each evidence row stands."""
    claims = {
        claim: document.place(("sources", index, "claims", claim))
        for index, source in enumerate(text.sources)
        for claim in source.claims
    }
    return claims | {row.id: document.place(("evidence_rows", index)) for index, row in enumerate(text.evidence_rows)}


def _source(text: _Source) -> Source:
    address = text.address or (f"https://doi.org/{text.doi}" if text.doi else None)
    return Source(
        id=text.id,
        citation=text.citation,
        kind=text.kind,
        verified=text.verified,
        address=address,
        note=text.note or "",
        claims=text.claims,
    )
