"""What the description of the service says of records: types in and out, problems, and examples.

The examples are made by keeping one referral in a database of a moment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from msgspec import to_builtins
from msgspec.json import decode

from api.actor import LOCAL_PERSON
from api.openapi_parameters import header_parameter, worklist_parameters
from api.records.creating import Answered, create
from api.records.deciding import Agreement, NewDecision, RuleAgreement
from api.records.drafts import Draft, Drafts, Sent, begin, list_own
from api.records.erasing import Erased, Export, Whose, export
from api.records.model import Assessment, NewAttempt, RecordChange, StoredAnswer, Worklist
from api.records.reading import read_one
from api.records.refused import Conflict
from api.records.replaying import Replay, version_to_replay
from api.records.replies import AskedQuestion, AskedReferrer, Reply, ReplyLink, Thanks
from api.records.rerating import Outcome, Rerated, Rerating
from api.records.service import Records
from api.records.webhooks import Deliveries, Delivery
from api.records.worklist import list_page
from api.request import State
from api.storage.transaction import Transaction
from triage.model.written import Written, encode
from triage.presenting.problems import Problem

EXAMPLE: dict[str, Any] = {
    "reference": "REF-0142",
    "facts": {"age_years": 29, "perinatal_status": "postpartum", "major_depression": "current"},
}
_AT = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
_PROBLEMS: dict[int, tuple[str, type[Problem]]] = {
    400: ("Not JSON, or a parameter given twice", Problem),
    404: ("Not found", Problem),
    408: ("The body came too slowly", Problem),
    410: ("Erased, used or expired", Problem),
    412: ("Somebody else changed the record meanwhile", Conflict),
    413: ("Too large", Problem),
    422: ("Something in the request is wrong", Problem),
    428: ("If-Match is missing", Problem),
    503: ("Records are not available; nothing was stored", Problem),
}


_OF_A_BODY = (400, 408, 413)
"""How whatever is sent can be refused before it is read."""
_OF_AN_ADDRESS = (400,)
"""How an address with parameters can be refused: one of them is given twice."""


@dataclass(frozen=True)
class Operation:
    """What an operation takes and gives. ``takes`` is a type, "Referral", "Draft", or None where there is no body."""

    gives: type[Written] | None
    example: Callable[[Examples], Any] = lambda _: None
    status: int = 200
    takes: type[Written] | str | None = None
    sent: Written | None = None
    problems: tuple[int, ...] = (404, 410, 503)
    headers: tuple[str, ...] = ()
    needs_sign_in: bool = True


class Examples:
    """Examples of records, made when they are first wanted."""

    def __init__(self, state: State) -> None:
        self._state = state
        self.scales = state.ruleset.scales

    @cached_property
    def _all(self) -> dict[str, Any]:
        with TemporaryDirectory() as folder:
            address = f"sqlite:///{Path(folder) / 'examples.sqlite'}"
            settings = self._state.settings.model_copy(update={"database_url": address})
            records = replace(self._state.records, settings=settings, clock=lambda: _AT)
            try:
                return self._of(records)
            finally:
                records.close()

    def _of(self, records: Records) -> dict[str, Any]:
        referral = self._state.reader.read(EXAMPLE)
        given = Answered(_json(EXAMPLE), referral, self._state.assessor.assess(referral))
        with records.database.writing() as connection:
            transaction = Transaction(connection)
            created = create(records, LOCAL_PERSON, given, None)(transaction)
            record = read_one(records, LOCAL_PERSON, created.id)(transaction)
            transaction.flush()
            listed = list_page(records, LOCAL_PERSON, {})(connection)
            draft = begin(records, LOCAL_PERSON, Sent(given.given, EXAMPLE, given.answer, None))(transaction)
            transaction.flush()
            drafts = list_own(LOCAL_PERSON)(connection)
            exported = export(records, LOCAL_PERSON, Whose("REF-0142"))(transaction)
            row, files = version_to_replay(records, LOCAL_PERSON, created.id, None)(transaction)
            transaction.flush()
        replay = to_builtins(self._state.replayer.replay(row, lambda _digest: files))
        return {
            "created": decode(created.body()),
            "replay": replay,
            "export": decode(encode(exported)),
            "draft": decode(draft.body),
            "drafts": to_builtins(drafts),
            "record": decode(record.body),
            "worklist": to_builtins(listed),
        }

    def __getattr__(self, name: str) -> Any:
        return self._all[name]


def _json(data: dict[str, Any]) -> bytes:
    return encode(data)


def _changing(takes: type[Written] | str, sent: Written | None = None) -> Operation:
    """An operation that changes a record and gives it back."""
    return Operation(Assessment, lambda examples: examples.record, 200, takes, sent, _CHANGES, ("If-Match",))


def _draft(examples: Examples) -> Any:
    return examples.draft


_CHANGES = (404, 410, 412, 422, 428, 503)


_LINK = ReplyLink("aG93LW1hbnk", "/v1/replies/aG93LW1hbnk", "2026-12-09T09:00:00.000000Z", ("manic_symptoms",))
_ASKED = AskedReferrer(
    "REF-0142",
    "2026-12-09T09:00:00.000000Z",
    (AskedQuestion("phq9_total", "What was the total?", "", (), several=False, minimum=0, maximum=27),),
)
_DELIVERY = Delivery(
    "d1", "4e6f", "assessment.overdue", "delivered", "2026-11-25T09:00:00.000000Z", 1, None,
    "2026-11-25T09:00:30.000000Z", None,
)  # fmt: skip
_RERATED = Rerated(
    "4e6f", "REF-1", 3, Outcome("routine", "sorted", "suitable"), Outcome("urgent", "sorted", "suitable")
)
_RERATING = Rerating("2.0.0", 50, (_RERATED,), None)
_AGREEMENT = Agreement(2, 1, (RuleAgreement("a-rule", "supports", 2, 1, 1, {"more_is_known": 1}),))

OPERATIONS: dict[tuple[str, str], Operation] = {
    ("post", "/v1/assessments"): Operation(
        StoredAnswer, lambda examples: examples.created, 201, "Referral", problems=(), headers=("Idempotency-Key",)
    ),
    ("get", "/v1/assessments"): Operation(Worklist, lambda examples: examples.worklist, problems=(422, 503)),
    ("get", "/v1/assessments/{id_}"): Operation(Assessment, lambda examples: examples.record),
    ("patch", "/v1/assessments/{id_}"): _changing(RecordChange, RecordChange(status="booked", owner="Team B")),
    ("post", "/v1/assessments/{id_}/contact-attempts"): replace(
        _changing(NewAttempt, NewAttempt("no_answer", "rang for a minute")), status=201, headers=()
    ),
    ("post", "/v1/assessments/{id_}/amend"): _changing("Referral"),
    ("post", "/v1/assessments/{id_}/decision"): _changing(
        NewDecision,
        NewDecision(
            "override", "suitable", reason_code="more_is_known", reason="Seen today.", signed_as="A. Clinician"
        ),
    ),
    ("get", "/v1/assessments/{id_}/replay"): Operation(
        Replay, lambda examples: examples.replay, problems=(404, 410, 422, 503)
    ),
    ("get", "/v1/assessments/{id_}/letter"): Operation(None, problems=(404, 410, 503)),
    ("post", "/v1/assessments/{id_}/reply-link"): Operation(
        ReplyLink, lambda _: to_builtins(_LINK), 201, problems=_CHANGES, headers=("If-Match",)
    ),
    ("get", "/v1/replies/{token}"): Operation(
        AskedReferrer, lambda _: to_builtins(_ASKED), problems=(404, 410, 503), needs_sign_in=False
    ),
    ("post", "/v1/replies/{token}"): Operation(
        Thanks,
        lambda _: to_builtins(Thanks("taken")),
        takes=Reply,
        sent=Reply({"manic_symptoms": "none"}),
        problems=(400, 404, 410, 412, 422, 503),
        needs_sign_in=False,
    ),
    ("post", "/v1/export"): Operation(
        Export, lambda examples: examples.export, 200, Whose, Whose("REF-0142"), (404, 422, 503)
    ),
    ("post", "/v1/erase"): Operation(
        Erased, lambda _: to_builtins(Erased(1)), 200, Whose, Whose("REF-0142"), (404, 422, 503)
    ),
    ("post", "/v1/drafts"): Operation(Draft, _draft, 201, "Draft", problems=(422, 503)),
    ("get", "/v1/drafts"): Operation(Drafts, lambda examples: examples.drafts, problems=(503,)),
    ("get", "/v1/drafts/{id_}"): Operation(Draft, _draft),
    ("put", "/v1/drafts/{id_}"): Operation(Draft, _draft, 200, "Draft", None, _CHANGES, ("If-Match",)),
    ("delete", "/v1/drafts/{id_}"): Operation(None, status=204, problems=_CHANGES, headers=("If-Match",)),
    ("post", "/v1/drafts/{id_}/assess"): Operation(
        StoredAnswer, lambda examples: examples.created, 201, problems=_CHANGES, headers=("If-Match",)
    ),
    ("get", "/v1/rerate"): Operation(Rerating, lambda _: to_builtins(_RERATING), problems=(503,)),
    ("get", "/v1/webhook-deliveries"): Operation(
        Deliveries, lambda _: to_builtins(Deliveries((_DELIVERY,), 0)), problems=(422, 503)
    ),
    ("get", "/v1/agreement"): Operation(Agreement, lambda _: to_builtins(_AGREEMENT), problems=(503,)),
}
"""Every operation of records."""


def types(operations: Mapping[tuple[str, str], Operation]) -> tuple[type[Written], ...]:
    """The types whose schemas the description of these operations needs."""
    used = [operation.gives for operation in operations.values()]
    used += [operation.takes for operation in operations.values() if isinstance(operation.takes, type)]
    return (Conflict, *dict.fromkeys(type_ for type_ in used if type_ is not None))


def describe(described: dict[str, Any], operation: Operation, examples: Examples) -> None:
    """Describe one operation of records; the body of a referral and its problems are described with the others."""
    responses = described["responses"]
    responses.pop("422", None)
    success = responses.setdefault(str(operation.status), {"description": "Done"})
    if operation.gives is not None:
        content = {"schema": _ref(operation.gives), "example": operation.example(examples)}
        success["content"] = {"application/json": content}
    if operation.gives is Worklist:
        described["parameters"] = worklist_parameters(examples.scales)
    in_address = any(parameter["in"] == "query" for parameter in described.get("parameters", ()))
    possible = [*operation.problems, *(_OF_A_BODY if operation.takes else ()), *(_OF_AN_ADDRESS if in_address else ())]
    for status in possible:
        description, type_ = _PROBLEMS[status]
        content = {"application/problem+json": {"schema": _ref(type_)}}
        responses[str(status)] = {"description": description, "content": content}
    if operation.takes == "Draft":
        schema = {"type": "object", "description": "A referral as far as it is written down; it may have faults."}
        described["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
        described["requestBody"]["content"]["application/json"]["example"] = EXAMPLE
    if isinstance(operation.takes, type):
        sent = {"schema": _ref(operation.takes), "example": to_builtins(operation.sent)}
        described["requestBody"] = {"required": True, "content": {"application/json": sent}}
    for header in operation.headers:
        described.setdefault("parameters", []).append(header_parameter(header))


def _ref(type_: type[Written]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{type_.__name__}"}
