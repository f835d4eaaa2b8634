"""On hold and at an emergency: no page, letter or copied text says anything of the rating, without a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.actor import Actor
from api.app import create_app
from api.pages.copying import Copies
from api.pages.wording import Wording
from api.request import State
from tests.cli.printed import REFERRALS
from tests.conftest import FIXTURE_RULES
from tests.records.conftest import TUESDAY
from triage.model.scales import ON_HOLD
from triage.settings import Settings

HELD = REFERRALS["on hold with all that could be said"]
OF_THE_RATING = (
    "Suitable", "Possible", "Advised", "Not advised", "No reason for it", "Can still", "can still be", "So far:",
    "so far:", "On the site", "Certainty:",
    "certainty of evidence", "Blight of a grown tree", "Spraying:", "Spraying first", "Watering:", "Watering beside",
    "Crowding", "Taken to hold", "The course", "Course", "sessions", "Each condition by itself", "Not recommended",
)  # fmt: skip
"""What only a page that shows ratings says: ratings, supports, other treatments, problem areas, the course."""
HIDDEN_QUESTION = "Is the wound painted?"
"""A question whose answer can change only the rating."""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder: Path = tmp_path_factory.mktemp("held")
    app = create_app(Settings(rules=FIXTURE_RULES, database_url=f"sqlite:///{folder}/records.sqlite"))
    with TestClient(app, base_url="http://127.0.0.1", headers={"Accept": "text/html"}) as started:
        app.state.asking = _clara
        yield started


async def _clara(_request: object) -> Actor:
    return Actor("clara", "clinician", "clinic")


def _form(facts: dict[str, object]) -> dict[str, object]:
    """The fields that the form sends; nothing ticked of a set is a field of its own."""
    return {name: value or "none_of_these" if isinstance(value, list) else str(value) for name, value in facts.items()}


def _words(page: str) -> str:
    """The words of a page's own part, those of folded and hidden parts too."""
    main = page.split("<main", 1)[1].split("</main>", 1)[0] if "<main" in page else page
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def _says_nothing_of_the_rating(text: str) -> None:
    assert [word for word in OF_THE_RATING if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text)] == [], text
    assert HIDDEN_QUESTION not in text


def test_the_words_are_said_where_nothing_is_held(client: TestClient) -> None:
    """Without this the other tests would hold of any page that shows nothing."""
    facts = HELD["facts"] | {"lean": "none", "main_wish": "shade", "hazards": [], "nestlings": "none"}
    shown = _words(client.post("/assess", data=_form(facts)).text)
    for word in (
        "Can still",
        "So far:",
        "Blight of a grown tree",
        "Spraying",
        "Crowding",
        "The course",
        "On the site",
        "Certainty:",
    ):
        assert word in shown
    assert HIDDEN_QUESTION in shown


def test_the_result_and_the_strip_say_nothing_of_the_rating(client: TestClient) -> None:
    strip = _words(client.post("/panel", data=_form(HELD["facts"])).text)
    result = client.post("/assess", data=_form(HELD["facts"] | {"reference": "R-2"}))
    assert "on hold" in strip.lower()
    assert "On hold: safety first" in _words(result.text)
    for text in (strip, _words(result.text)):
        _says_nothing_of_the_rating(text)
    assert "By a lift" in _words(result.text), "a format that is not suited is said: it may be a danger"


def test_the_letter_says_nothing_of_the_rating(client: TestClient) -> None:
    created = client.post("/v1/assessments", json=HELD)
    assert created.json()["suitability"]["rating"] == ON_HOLD
    letter = client.get(f"/v1/assessments/{created.json()['id']}/letter").text
    _says_nothing_of_the_rating(_words(letter.split("</style>")[-1]))


def test_a_level_that_was_raised_holds_the_rating_of_its_record(client: TestClient) -> None:
    calm = {"lean": "none", "hazards": [], "nesting": "none", "wobble_total": 0, "wobble_item": 0}
    created = client.post("/v1/assessments", json={"facts": calm | {"age_years": 30, "blight": "current"}})
    record = created.json()
    assert "Can still" in _words(client.get(f"/assessments/{record['id']}").text)
    headers = {"If-Match": created.headers["ETag"]}
    decision = {"decision": "override", "level": "very_urgent", "reason_code": "more_is_known", "reason": "It fell."}
    decided = client.post(f"/v1/assessments/{record['id']}/decision", json=decision, headers=headers)
    assert decided.status_code == 200, decided.text
    shown = _words(client.get(f"/assessments/{record['id']}").text)
    assert "On hold: safety first" in shown
    assert "Next step: Call the crisis line (not set)." in shown, "that of the level in force"
    _says_nothing_of_the_rating(shown)


def test_no_copied_text_says_anything_of_the_rating(client: TestClient) -> None:
    state: State = client.app.state.service  # type: ignore[attr-defined]  # FastAPI's own
    referral = state.reader.read(HELD)
    answer = state.assessor.assess(referral)
    copies = Copies(Wording(state.ruleset), referral, answer, (), TUESDAY, TUESDAY)
    for text in (copies.short(), copies.full(), copies.hand_over(), copies.questions_back()):
        _says_nothing_of_the_rating(text)
    assert "on hold, safety first" in copies.short()


def test_an_emergency_asks_no_further_question(client: TestClient) -> None:
    facts = REFERRALS["an emergency"]["facts"]
    for address in ("/panel", "/assess"):
        shown = _words(client.post(address, data=_form(facts)).text)
        assert "At once" in shown
        for word in (
            "Ask next",
            "open questions that",
            "Questions to the referrer",
            "Is the tree propped up?",
            "How old is the tree?",
        ):
            assert word not in shown, address
