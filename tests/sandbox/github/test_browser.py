"""The pull-request page in a real browser."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import needs_chromium

if TYPE_CHECKING:
    from tests.sandbox.github.conftest import Desk

pytestmark = needs_chromium


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page that has complained about nothing by the end of the test."""
    complaints: list[str] = []
    page = chromium.new_page()
    page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    page.close()
    assert complaints == []


def test_a_typed_command_appears_in_the_conversation(desk: "Desk", page: Page) -> None:
    pull = desk.open_pull()
    page.goto(f"{desk.url}/{desk.name}/pull/{pull.number}")

    page.get_by_label("As").select_option("marie")
    page.get_by_label("Comment").fill("/promote registry <b>now</b><script>alert(1)</script>")
    page.get_by_role("button", name="Comment").click()

    card = page.locator("article", has_text="/promote registry")
    expect(card).to_contain_text("marie")
    expect(card.locator("script")).to_have_count(0)
    expect(page.get_by_label("As")).to_have_value("marie")


def test_the_bots_answer_appears_by_itself_and_leaves_the_form_alone(
    desk: "Desk", page: Page
) -> None:
    pull = desk.open_pull()
    comment = pull.create_issue_comment("<details><summary>Plan</summary>\n\n200 lines\n</details>")
    page.goto(f"{desk.url}/{desk.name}/pull/{pull.number}")
    page.get_by_label("Comment").fill("half a thought")
    page.get_by_text("Plan", exact=True).click()

    comment.create_reaction("rocket")
    pull.create_issue_comment("All **200** models passed.")

    expect(page.locator("article", has_text="All 200 models passed.")).to_be_visible(timeout=15_000)
    expect(page.get_by_text("200 lines")).to_be_visible()
    expect(page.get_by_label("Comment")).to_have_value("half a thought")


def test_the_page_fits_a_phone(desk: "Desk", page: Page) -> None:
    pull = desk.open_pull()
    wide = "| " + " | ".join(f"column {n}" for n in range(12)) + " |"
    pull.create_issue_comment(f"{wide}\n{'|---' * 12}|\n\n`{'x' * 300}`")
    page.set_viewport_size({"width": 360, "height": 740})

    page.goto(f"{desk.url}/{desk.name}/pull/{pull.number}")

    assert page.evaluate("document.documentElement.scrollWidth") <= 360
