"""The fleet's page in a real browser, opened from a file."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.adapters.page_parts import page_parts
from bot.core.production.fleet_status import CircuitStatus, FleetStatus, State
from bot.core.render.fleet_page import fleet_page
from tests.browser import needs_chromium

pytestmark = needs_chromium


@pytest.fixture
def file(
    tmp_path: Path,
    make_fleet: Callable[..., FleetStatus],
    make_circuit: Callable[..., CircuitStatus],
) -> Path:
    """Return a page of 240 circuits: one fails, every eighth is pinned, ten wait."""
    circuits = [make_circuit(number, pinned=number % 8 == 0) for number in range(240)]
    circuits[200] = make_circuit(200, State.FAILING, reason="<b>its</b> last update failed")
    for number in range(100, 110):
        circuits[number] = make_circuit(number, State.WAITING, reason="environment moves")
    found = tmp_path / "status.html"
    found.write_text(fleet_page(make_fleet(*circuits), page_parts()), encoding="utf-8")
    return found


@pytest.fixture
def page(chromium: Browser, file: Path) -> Iterator[Page]:
    """The page, which has complained about nothing by the end of the test."""
    complaints: list[str] = []
    page = chromium.new_page()
    page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(file.as_uri())
    yield page
    page.close()
    assert complaints == []


def rows(page: Page) -> list[str]:
    return page.locator("#circuits tbody tr").all_inner_texts()


def test_the_script_shows_the_rows_that_stand_in_the_file(
    chromium: Browser, file: Path, page: Page
) -> None:
    quiet = chromium.new_context(java_script_enabled=False)
    without = quiet.new_page()
    without.goto(file.as_uri())

    assert rows(page) == rows(without)
    assert page.locator("#circuits tbody").inner_html().replace("\n", "") == (
        without.locator("#circuits tbody").inner_html().replace("\n", "")
    )
    quiet.close()


def test_the_worst_circuit_is_the_first_row(page: Page) -> None:
    assert rows(page)[0].startswith("P0023/C003")


def test_the_search_finds_pins(page: Page) -> None:
    page.get_by_label("Search").fill("PINNED p0001")

    expect(page.locator("#shown")).to_have_text("1 to 2 of 2")


def test_the_button_of_a_state_shows_its_circuits(page: Page) -> None:
    page.locator(".state.waiting").get_by_role("button").click()

    expect(page.locator("#shown")).to_have_text("1 to 10 of 10")


def test_a_click_on_a_heading_sorts_and_another_turns_the_order(page: Page) -> None:
    heading = page.get_by_role("button", name="Circuit")

    heading.click()
    up = rows(page)[0]
    heading.click()

    assert up.startswith("P0001/C001")
    assert rows(page)[0].startswith("P0027/C006")
    expect(page.locator("#circuits thead th").first).to_have_attribute("aria-sort", "descending")


def test_the_pages_go_on_and_back(page: Page) -> None:
    page.get_by_role("button", name="On", exact=True).click()
    page.get_by_role("button", name="On", exact=True).click()

    expect(page.locator("#shown")).to_have_text("201 to 240 of 240")
    expect(page.get_by_role("button", name="On", exact=True)).to_be_disabled()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1200])
def test_nothing_stands_out_of_the_window(
    chromium: Browser, file: Path, width: int, scheme: str
) -> None:
    context = chromium.new_context(
        viewport={"width": width, "height": 844},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    page.goto(file.as_uri())

    assert page.evaluate("document.documentElement.scrollWidth") == width
    context.close()
