"""What a coordinator does on the form, as steps of a journey."""

from __future__ import annotations

from collections.abc import Mapping

from playwright.sync_api import Page, TimeoutError, expect  # noqa: A004  its own, which is what it raises

from triage.model.vocabulary import Vocabulary

AGAIN = 3_000
"""Milliseconds after which a question is unfolded again."""


def answer(page: Page, answers: Mapping[str, str]) -> None:
    """Give answers by the name of the question: a number is typed, anything else is marked."""
    for name, value in answers.items():
        unfold(page, name)
        field = page.locator(f"input[name={name}]").first
        if field.get_attribute("type") in ("radio", "checkbox"):
            _mark(page, name, value)
        else:
            field.fill(value)


def _mark(page: Page, name: str, value: str) -> None:
    """Mark an answer, and unfold its question again where the service's answer folded it meanwhile."""
    option = page.locator(f"input[name={name}][value={value}]")
    try:
        option.check(timeout=AGAIN)
    except TimeoutError:
        unfold(page, name)
        option.check()


def unfold(page: Page, name: str) -> None:
    """Open what a question is folded in."""
    folds = f"details.more:has(#q-{name}), .idle:has(#q-{name})"
    page.eval_on_selector_all(folds, "all => all.forEach(each => { each.open = true; })")


def show_result(page: Page) -> None:
    """Send the form."""
    page.get_by_role("button", name="Show the result").click()
    expect(page.locator("#card, #errors").first).to_be_visible()


def safe(vocabulary: Vocabulary) -> dict[str, str]:
    """Every core safety question answered with "nothing here", for someone who is neither pregnant nor postpartum."""
    core = [fact for fact in vocabulary if fact.core.kind == "always" and not fact.is_integer]
    return {fact.name: "none_of_these" if fact.is_set else str(fact.neutral) for fact in core}


def change(page: Page) -> None:
    """Go from a result back to its answers."""
    page.get_by_role("link", name="Change the answers").click()
    expect(page.locator("#assessment")).to_be_visible()


def entered(page: Page, name: str) -> list[str]:
    """What is marked for a question."""
    values: list[str] = page.eval_on_selector_all(f"input[name={name}]:checked", "all => all.map(each => each.value)")
    return values
