"""What clients send and machines do: HTTP as its specifications have it, and no answer in any log."""

from __future__ import annotations

import asyncio
import json
import logging
from contextlib import suppress
from typing import Any
from unittest.mock import MagicMock

import pytest
from fastapi.testclient import TestClient
from opentelemetry import _logs, metrics, trace

from api import request as request_module
from api.pace import AT_ONCE, Again
from api.work import Overloaded, thread_queue
from bench.referrals import as_request, counted_referrals
from tests.loops import run
from triage.answer.assess import Assessor
from triage.model.ruleset import RuleSet

PLANTED = "planted-words-of-an-answer"


@pytest.mark.parametrize(
    ("number", "shown"),
    [("9" * 30, "1e+30"), ("-" + "9" * 25, "-1e+25"), ("9" * 400, "a number of more than 300 digits")],
)
def test_a_number_beyond_64_bits_is_a_problem_with_its_place(client: TestClient, number: str, shown: str) -> None:
    response = client.post("/v1/evaluate", content=f'{{"facts": {{"age_years": {number}}}}}')
    assert response.status_code == 422
    (error,) = response.json()["errors"]
    assert (error["pointer"], error["given"]) == ("/facts/age_years", shown)


def test_a_whole_number_may_be_written_with_a_point(client: TestClient) -> None:
    whole, pointed = (client.post("/v1/evaluate", content=f'{{"facts":{{"age_years":{n}}}}}') for n in ("19", "19.0"))
    assert (pointed.status_code, pointed.content) == (200, whole.content)


def test_a_parameter_given_twice_is_refused(client: TestClient) -> None:
    response = client.get("/v1/assessments?limit=5&state=sorted&limit=6")
    assert response.status_code == 400
    assert response.json()["detail"] == "`limit` is in the address 2 times. Send it once."


def test_very_many_wrong_names_are_told_shortly(client: TestClient) -> None:
    facts = {f"no{number}": 1 for number in range(20_000)}
    problem = client.post("/v1/evaluate", json={"facts": facts}).json()
    assert len(problem["errors"]) == 101
    assert problem["errors"][-1] == {
        "pointer": "",
        "code": "more-faults",
        "message": "19900 more things are wrong: correct these first.",
    }


def test_a_key_given_twice_is_found_among_many(client: TestClient) -> None:
    keys = ",".join(f'"key{number}":1' for number in range(15_000))
    problem = client.post("/v1/evaluate", content="{" + keys + ',"key7":2}').json()
    assert problem["detail"] == "The key `key7` stands twice in one object. Keep one."


@pytest.mark.parametrize("path", ["/v1/rules", "/healthz", "/", "/static/form.js"])
def test_head_is_get_without_a_body(client: TestClient, path: str) -> None:
    response = client.head(path)
    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/v1/evaluate", "POST"),
        ("PUT", "/", "GET, HEAD, POST"),
        ("POST", "/v1/rules", "GET, HEAD"),
        ("POST", "/static/form.js", "GET, HEAD"),
    ],
)
def test_a_method_not_taken_is_answered_with_all_that_are(
    client: TestClient, method: str, path: str, allowed: str
) -> None:
    response = client.request(method, path)
    assert (response.status_code, response.headers["allow"]) == (405, allowed)


@pytest.mark.parametrize("path", ["/v1/evaluate", "/v1/explain", "/v1/rules", "/v1/nothing", "/healthz", "/"])
def test_no_answer_stays_in_a_cache(client: TestClient, path: str) -> None:
    response = client.post(path, json={"facts": {}}) if "e" in path[4:] else client.get(path)
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-content-type-options"] == "nosniff"


def test_two_lengths_are_refused(client: TestClient) -> None:
    headers = {"Content-Length": "13", "Transfer-Encoding": "chunked"}
    response = client.post("/v1/evaluate", content='{"facts": {}}', headers=headers)
    assert response.status_code == 400
    assert response.json()["detail"] == "Send Content-Length or Transfer-Encoding, not both."
    assert response.headers["connection"] == "close"


def test_nothing_is_built_from_the_host_that_a_client_names(client: TestClient) -> None:
    response = client.get("/rules/", headers={"Host": "elsewhere.example"}, follow_redirects=False)
    assert response.status_code == 404
    assert "elsewhere" not in json.dumps(dict(response.headers)) + response.text


def test_the_same_explanation_has_the_same_bytes(client: TestClient) -> None:
    other = {"facts": {"age_years": 24, "bulimia_nervosa": "current"}}
    first = client.post("/v1/explain", json={"facts": {"age_years": 30, "major_depression": "current"}}).content
    client.post("/v1/explain", json=other)
    assert client.post("/v1/explain", json={"facts": {"age_years": 30, "major_depression": "current"}}).content == first


def test_a_failure_hands_over_and_logs_no_answer(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError(PLANTED)

    monkeypatch.setattr(Assessor, "assess", fail)
    with caplog.at_level(logging.DEBUG):
        response = client.post("/v1/evaluate", json={"reference": PLANTED, "facts": {"age_years": 30}})
    assert response.status_code == 500
    assert response.json()["urgency"]["level"] == "urgent"
    assert "RuntimeError at /v1/evaluate: " in caplog.text
    assert PLANTED not in caplog.text


def test_nothing_of_a_request_or_its_failure_is_given_to_telemetry(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = MagicMock()
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: provider)
    monkeypatch.setattr(metrics, "get_meter_provider", lambda: provider)
    monkeypatch.setattr(_logs, "get_logger_provider", lambda: provider)
    monkeypatch.setattr(Assessor, "assess", MagicMock(side_effect=RuntimeError(PLANTED)))
    assert client.post("/v1/evaluate", json={"facts": {"age_years": 30}}).status_code == 500
    assert provider.mock_calls == []


def test_no_wrong_answer_is_logged(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        for value in (f'"{PLANTED}"', f'["{PLANTED}"]', f'{{"{PLANTED}": 1}}', "9" * 50):
            client.post("/v1/evaluate", content=f'{{"reference": "{PLANTED}", "facts": {{"age_years": {value}}}}}')
            client.post("/assess", data={"reference": PLANTED, "age_years": value})
    assert PLANTED not in caplog.text
    assert "9999" not in caplog.text


def test_a_body_that_does_not_come_is_given_up(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_module, "BODY_SECONDS", 0.05)

    async def send() -> dict[str, Any]:
        sent: list[Any] = []

        async def receive() -> Any:
            await asyncio.sleep(30)

        async def keep(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http", "method": "POST", "path": "/v1/evaluate", "raw_path": b"/v1/evaluate", "query_string": b"",
            "headers": [], "http_version": "1.1", "scheme": "http", "server": ("127.0.0.1", 80), "root_path": "",
        }  # fmt: skip
        await client.app(scope, receive, keep)
        return dict(sent[0])

    assert run(send())["status"] == 408


def test_more_work_than_can_wait_is_refused_at_once_and_handed_over(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: Any) -> None:
        raise Overloaded

    service = client.app.state.service  # type: ignore[attr-defined]  # FastAPI's own
    monkeypatch.setattr(service.incomplete, "run", full)
    response = client.post("/v1/evaluate", json={"facts": {}})
    assert (response.status_code, response.headers["retry-after"]) == (503, "1")
    assert response.json()["urgency"]["level"] == "urgent"


def test_those_who_are_refused_at_once_are_told_to_come_back_at_different_times() -> None:
    seconds = [10.0]
    again = Again(lambda: seconds[0])
    assert [again.seconds() for _ in range(2 * AT_ONCE + 1)] == [1] * AT_ONCE + [2] * AT_ONCE + [3]
    seconds[0] += 1
    assert again.seconds() == 1


def test_a_complete_referral_is_answered_while_no_incomplete_one_is_taken(
    client: TestClient, ruleset: RuleSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: Any) -> None:
        raise Overloaded

    service = client.app.state.service  # type: ignore[attr-defined]  # FastAPI's own
    monkeypatch.setattr(service.incomplete, "run", full)
    (whole,) = counted_referrals(ruleset, 1)
    assert client.post("/v1/evaluate", json={"facts": {}}).status_code == 503
    assert client.post("/v1/evaluate", json=as_request(ruleset, whole)).status_code == 200


def test_a_queue_takes_so_much_and_no_more() -> None:
    async def fill() -> list[Any]:
        queue = thread_queue("test", 3)
        gate = asyncio.Event()
        loop = asyncio.get_running_loop()

        def wait(number: int) -> int:
            asyncio.run_coroutine_threadsafe(gate.wait(), loop).result()
            return number

        running = [asyncio.create_task(queue.run(wait, number)) for number in range(5)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        gate.set()
        try:
            return await asyncio.gather(*running, return_exceptions=True)
        finally:
            queue.close()

    results = run(fill())
    assert results[:3] == [0, 1, 2]
    assert [type(result) for result in results[3:]] == [Overloaded, Overloaded]


def test_one_is_refused_in_a_round_of_the_event_loop() -> None:
    """So that others are answered between the many that a busy service refuses."""

    async def refused() -> list[int]:
        queue, rounds, now = thread_queue("test", 0), [], 0

        async def send() -> None:
            with suppress(Overloaded):
                await queue.run(int)
            rounds.append(now)

        sending = [asyncio.create_task(send()) for _ in range(5)]
        while not all(task.done() for task in sending):
            now += 1
            await asyncio.sleep(0)
        return rounds

    rounds = run(refused())
    assert len(set(rounds)) == 5
