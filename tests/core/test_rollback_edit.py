"""What taking a merge back does to the circuits that it changed, and to what was edited since."""

import hashlib
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.config.circuit import CircuitId
from bot.core.gates.circuit_values import VERSION_FIELDS, circuit_values
from bot.core.rollback_edit import Around, RollbackEdit, take_back
from bot.core.tree import File

C001 = "config/plants/P001/C001.yml"
CIRCUIT = CircuitId("P001", "C001")
OLD = 'training:\n  environment_version: "1.5.0"\n'
NEW = 'training:\n  environment_version: "1.5.1"\n'


def tree(text: str | None, mode: str = "100644") -> Mapping[str, File]:
    if text is None:
        return {}
    oid = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
    return {C001: File(C001, mode, oid, text.encode())}


def taken(
    before: str | None, after: str | None, now: str | None, *, ran: str | None = None
) -> RollbackEdit:
    models = {CIRCUIT: ran} if ran else {}
    return take_back([C001], Around(tree(before), tree(after), tree(now)), models)


@pytest.mark.parametrize(
    ("before", "after", "now", "expected"),
    [
        pytest.param(OLD, NEW, NEW, OLD, id="as the merge left it"),
        pytest.param(None, NEW, NEW, None, id="added by the merge"),
        pytest.param(OLD, None, None, OLD, id="removed by the merge"),
        pytest.param(
            OLD, NEW, f"# Tuned\n{NEW}  cutoff: 1\n", f"# Tuned\n{OLD}  cutoff: 1\n",
            id="another key since",
        ),
        pytest.param(
            OLD,
            OLD.replace("1.5.0", "2.0.0") + 'deployment:\n  environment_version: "1.5.0"\n',
            "# Tuned\n"
            + OLD.replace("1.5.0", "2.0.0")
            + 'deployment:\n  environment_version: "1.5.0"\n',
            f"# Tuned\n{OLD}",
            id="a pin that the merge wrote",
        ),
        pytest.param(
            OLD + 'deployment:\n  environment_version: "1.5.0"\n',
            NEW,
            f"# Tuned\n{NEW}",
            f'# Tuned\n{OLD}deployment:\n  environment_version: "1.5.0"\n',
            id="a pin that the merge took away",
        ),
    ],
)  # fmt: skip
def test_a_circuit_that_still_asks_for_it_goes_back(
    before: str | None, after: str | None, now: str | None, expected: str | None
) -> None:
    edit = taken(before, after, now)

    assert edit.files == {C001: expected and expected.encode()}
    assert edit.returned == (CIRCUIT,)
    assert edit.left == ()


@pytest.mark.parametrize(
    ("before", "after", "now"),
    [
        pytest.param(OLD, NEW, NEW.replace("1.5.1", "1.5.2"), id="the next version"),
        pytest.param(OLD, NEW, f'{NEW}deployment:\n  model_version: "6"\n', id="a new model"),
        pytest.param(OLD, NEW, f'{NEW}deployment:\n  environment_version: "1.5.1"\n', id="a pin"),
        pytest.param(OLD, NEW, None, id="removed since"),
        pytest.param(None, NEW, f"# Tuned\n{NEW}", id="added by the merge and edited"),
        pytest.param(OLD, NEW, "a: &x 1\n", id="cannot be read"),
        pytest.param(OLD, f"# Note\n{OLD}", f"# Other\n{OLD}", id="only comments, on both sides"),
    ],
)
def test_a_circuit_that_moved_on_is_left_alone(
    before: str | None, after: str | None, now: str | None
) -> None:
    edit = taken(before, after, now)

    assert edit.files == {}
    assert edit.left == (CIRCUIT,)


PIN = 'deployment:\n  model_version: "2"\n'
EARLIER = PIN.replace("2", "1")


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        pytest.param(OLD, OLD + PIN, OLD + EARLIER, id="a model alone"),
        pytest.param(OLD, NEW + PIN, OLD + EARLIER, id="with its environment"),
        pytest.param(OLD, f"# Tuned\n{OLD}{PIN}", f"# Tuned\n{OLD}{EARLIER}", id="edited since"),
    ],
)
def test_a_circuit_goes_back_with_the_model_that_ran_before_the_first_one_named(
    before: str, now: str, expected: str
) -> None:
    edit = taken(before, now.removeprefix("# Tuned\n"), now, ran="1")

    assert edit.files == {C001: expected.encode()}
    assert (edit.named, edit.kept) == ({CIRCUIT: "1"}, {})


@pytest.mark.parametrize(
    ("before", "ran", "kept"),
    [
        pytest.param(OLD, None, {CIRCUIT: "2"}, id="nobody knows what ran before"),
        pytest.param(OLD, "2", {}, id="the model that ran before was named"),
        pytest.param(OLD + EARLIER, None, {}, id="main had named a model before"),
        pytest.param(OLD + EARLIER, "3", {}, id="main had named another than ran"),
    ],
)
def test_a_circuit_goes_back_to_what_main_said_of_its_model(
    before: str, ran: str | None, kept: dict[CircuitId, str]
) -> None:
    edit = taken(before, NEW + PIN, NEW + PIN, ran=ran)

    assert edit.files == {C001: before.encode()}
    assert (edit.named, edit.kept) == ({}, kept)


def test_a_circuit_that_is_removed_again_names_no_model() -> None:
    edit = taken(None, NEW + PIN, NEW + PIN, ran="1")

    assert edit.files == {C001: None}
    assert (edit.named, edit.kept) == ({}, {})


def test_a_circuit_that_is_back_already_is_not_named() -> None:
    assert taken(OLD, NEW, OLD) == RollbackEdit({}, (), (), ())


def test_what_else_the_merge_changed_stays_and_is_listed() -> None:
    paths = ["docs/note.md", "environment/src/score.py", "config/policy.yml", "evidence/1.ipynb"]

    edit = take_back(paths, Around({}, {}, {}))

    assert edit.others == ("config/policy.yml", "docs/note.md", "evidence/1.ipynb")
    assert edit.files == {}


VERSIONS = st.sampled_from(["1.4.9", "1.5.0", "1.5.1", "2.0.0"])
PINS = st.one_of(st.none(), VERSIONS)
MODELS = st.one_of(st.none(), st.sampled_from(["5", "6"]))
NOTES = st.sampled_from(["", "# Tuned\n", "# Checked on Monday\n"])


@st.composite
def configs(draw: st.DrawFn) -> str:
    pin, model = draw(PINS), draw(MODELS)
    lines = [f'  environment_version: "{pin}"\n'] * (pin is not None)
    lines += [f'  model_version: "{model}"\n'] * (model is not None)
    deployment = f"deployment:\n{''.join(lines)}" if lines else ""
    return f'{draw(NOTES)}training:\n  environment_version: "{draw(VERSIONS)}"\n{deployment}'


@given(before=configs(), after=configs(), now=configs())
def test_a_circuit_returns_with_all_its_versions_or_stays_as_it_is(
    before: str, after: str, now: str
) -> None:
    edit = taken(before, after, now)

    if C001 in edit.files:
        back = values(tree((edit.files[C001] or b"").decode()))
        assert back == values(tree(before))
        assert values(tree(now)) == values(tree(after))
    else:
        assert edit.left == (() if before == now else (CIRCUIT,))


def values(files: Mapping[str, File]) -> dict[str, str | None]:
    found = circuit_values(files[C001])
    return {name: found.get(name) for name in VERSION_FIELDS}
