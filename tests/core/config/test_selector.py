import pytest

from bot.core.config.circuit import CircuitConfig, CircuitId
from bot.core.config.selector import choose, parse
from bot.errors import UserError


def circuit(name: str, training: str = "1.5.0", pin: str | None = None) -> CircuitConfig:
    return CircuitConfig(CircuitId(*name.split("/")), "", training, pin, None)


FLEET = (
    circuit("P001/C001"),
    circuit("P001/C002", "2.0.0", "1.5.0"),
    circuit("P002/C001", "1.4.0"),
    circuit("P0012/C001", "1.5.01"),
)


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        pytest.param("P001/C001", ["P001/C001"], id="one circuit"),
        pytest.param("P001/*", ["P001/C001", "P001/C002"], id="a plant by star"),
        pytest.param("plant:P001", ["P001/C001", "P001/C002"], id="a plant by name"),
        pytest.param("env:1.5.0", ["P001/C001", "P001/C002"], id="training or production"),
        pytest.param("P001/C001, env:1.4.0", ["P001/C001", "P002/C001"], id="either"),
        pytest.param("p001/C001", [], id="case matters"),
    ],
)
def test_chooses_the_circuits_that_are_meant(text: str, chosen: list[str]) -> None:
    selector = parse(text)

    assert [str(one.id) for one in FLEET if selector.matches(one)] == chosen


@pytest.mark.parametrize(
    "text",
    [
        "",
        "P001",
        "*/C001",
        "*/*",
        "P001/",
        "P001/C*",
        "plant:",
        "env:1.5",
        "P001/C001,",
        "P001/C001;x",
        "P001 /C001",
    ],
)
def test_refuses_what_is_none_of_the_forms(text: str) -> None:
    with pytest.raises(UserError) as caught:
        parse(text)

    assert caught.value.refusal.code == "SELECTOR_INVALID"
    assert "plant:P001" in caught.value.refusal.next


def test_tells_which_parts_mean_nothing() -> None:
    selector = parse("P001/C001,P009/*,env:9.9.9")

    assert selector.unmatched(FLEET) == ("P009/*", "env:9.9.9")
    assert str(selector) == "P001/C001,P009/*,env:9.9.9"


def test_chooses_what_it_means_and_everything_where_nothing_is_asked() -> None:
    assert choose(FLEET, parse("plant:P001")) == FLEET[:2]
    assert choose(FLEET, None) == FLEET


def test_refuses_to_choose_where_a_part_means_nothing() -> None:
    with pytest.raises(UserError) as caught:
        choose(FLEET, parse("P001/C001,P009/*"))

    assert caught.value.refusal.code == "SELECTOR_EMPTY"
    assert "`P009/*`" in caught.value.refusal.headline
