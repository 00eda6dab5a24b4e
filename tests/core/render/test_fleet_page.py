"""The fleet's page: one file, nothing from elsewhere, no value that is markup."""

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest

from bot.adapters.page_parts import page_parts
from bot.core.production.fleet_status import CircuitStatus, FleetStatus, State
from bot.core.render.fleet_page import fleet_page

MakeCircuit = Callable[..., CircuitStatus]
MakeFleet = Callable[..., FleetStatus]
HOSTILE = '</script><script>alert(1)</script><img src=x onerror="alert(1)">'


class Elements(HTMLParser):
    """The elements of a document with their attributes, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def elements(page: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = Elements()
    parser.feed(page)
    return parser.found


@pytest.fixture
def page(make_fleet: MakeFleet, make_circuit: MakeCircuit) -> str:
    """Return the page of a fleet that somebody filled with markup."""
    hostile = make_circuit(
        1, State.FAILING, runs=HOSTILE, wants=HOSTILE, model=HOSTILE, reason=HOSTILE
    )
    return fleet_page(make_fleet(make_circuit(0), hostile, orphans=(HOSTILE,)), page_parts())


def test_no_value_becomes_markup(page: str) -> None:
    tags = [tag for tag, _ in elements(page)]

    assert tags.count("script") == 2
    assert "img" not in tags


def test_nothing_comes_from_elsewhere(page: str) -> None:
    fetching = [
        (tag, name)
        for tag, attributes in elements(page)
        for name in attributes
        if name in {"src", "srcset", "style", "action"} or (tag, name) == ("link", "href")
    ]

    assert fetching == []
    assert "url(" not in page
    assert "@import" not in page


def test_the_policy_lets_this_script_and_this_style_in_and_nothing_else(page: str) -> None:
    policy = next(
        attributes["content"] for tag, attributes in elements(page) if "http-equiv" in attributes
    )

    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-[\w+/=]{44}'; "
        r"script-src 'sha256-[\w+/=]{44}'; base-uri 'none'; form-action 'none'",
        policy or "",
    )


def test_the_script_gets_every_circuit(make_fleet: MakeFleet, make_circuit: MakeCircuit) -> None:
    page = fleet_page(make_fleet(*map(make_circuit, range(250))), page_parts())

    data = re.search(r'<script type="application/json" id="fleet">(.*?)</script>', page)

    assert data
    assert len(json.loads(data[1])["circuits"]) == 250
    assert page.count("<tr>") == 101


def test_a_page_of_20_000_circuits_stays_small(
    make_fleet: MakeFleet, make_circuit: MakeCircuit
) -> None:
    circuits = [make_circuit(number, model=f"sensor_{number}:5") for number in range(20_000)]

    assert len(fleet_page(make_fleet(*circuits), page_parts())) < 2_000_000


def test_plants_that_are_alike_share_a_bar(
    make_fleet: MakeFleet, make_circuit: MakeCircuit
) -> None:
    circuits = [make_circuit(number) for number in range(9 * 40)]
    circuits[0] = make_circuit(0, State.FAILING)

    page = fleet_page(make_fleet(*circuits), page_parts())

    assert "<b>P0001</b>: 9 on 1.5.1" in page
    assert "<b>39 plants as asked</b>: 351 on 1.5.1" in page


def test_a_fleet_of_nobody_has_a_page(make_fleet: MakeFleet) -> None:
    assert "<h1>Main has no circuits</h1>" in fleet_page(make_fleet(), page_parts())
