"""Changes of a scoring package, labelled as a reviewer of a team of sensor models would.

The pairs are written down as edits of `labelled_python/modules/`. They were labelled before the
code was run on them: a disagreement is a gap of the code, listed here with what it lacks.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.core.classify import classify
from bot.core.package_groups import NoAdditions
from bot.core.tree import REGULAR, File, Tree

FOLDER = Path(__file__).parent / "labelled_python"
SPEC = 'name: e\nversion: "1.0.0"\nbuild:\n  path: .\n'
DOCKERFILE = "FROM a:1\nCOPY . /opt\n"

DISAGREEMENTS = {
    "function_moved_into_a_new_module": "needs the names of two modules to mean the same",
    "helper_extracted": "needs a call to be put in place of the function's body",
}
"""Pairs that get another class or version than their label, each with what keeps them apart."""

Texts = dict[str, str]


@dataclass(frozen=True, slots=True)
class Pair:
    """One labelled change; the edits are blocks of lines that begin with `-`, `+` or a space."""

    id: str
    label: str
    edits: tuple[tuple[str, str], ...]


def read_pairs() -> Iterator[Pair]:
    for path in sorted(FOLDER.glob("*.txt")):
        for text in re.split(r"^== ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            header, *edits = re.split(r"^@ ", text, flags=re.MULTILINE)
            name, label, why = header.strip().splitlines()
            assert why.startswith("why: ")
            blocks = (edit.partition("\n") for edit in edits)
            found = tuple((target, block) for target, _, block in blocks)
            yield Pair(name, label.removeprefix("label: "), found)


PAIRS = tuple(read_pairs())
NON_BREAKING = tuple(pair for pair in PAIRS if pair.label != "breaking")
MODULES = {
    f"src/{path.stem}": path.read_text(encoding="utf-8")
    for path in sorted((FOLDER / "modules").iterdir())
}


def edited(pair: Pair) -> Texts:
    texts = dict(MODULES)
    for target, block in pair.edits:
        words = target.split()
        if words[0] == "removed":
            del texts[words[1]]
        else:
            before, after = side(block, "-"), side(block, "+")
            texts[words[-1]] = replaced(texts.get(words[-1], ""), before, after, pair.id)
    return texts


def side(block: str, sign: str) -> str:
    """Return the lines of one side, `<U+202E>` turned into the character."""
    lines = [line[1:] for line in block.splitlines() if line.startswith((sign, " "))]
    text = "".join(f"{line}\n" for line in lines)
    return re.sub(r"<U\+([0-9A-F]{4})>", lambda found: chr(int(found[1], 16)), text)


def replaced(text: str, before: str, after: str, pair: str) -> str:
    place = re.compile("^" + re.escape(before), re.MULTILINE)
    assert not text or len(place.findall(text)) == 1, f"{pair}: {before!r}"
    return place.sub(lambda _: after, text, count=1)


def tree(texts: Mapping[str, str]) -> Tree:
    files = {"environment.yml": SPEC, "Dockerfile": DOCKERFILE, **texts}
    data = {f"environment/{path}": text.encode() for path, text in files.items()}
    return {path: File(path, REGULAR, content.hex(), content) for path, content in data.items()}


@pytest.fixture(scope="module")
def judged() -> dict[str, str]:
    """Return what the code says of each pair, in the words of the labels."""
    base = tree(MODULES)
    verdicts = {pair.id: classify(base, tree(edited(pair)), NoAdditions()) for pair in PAIRS}
    return {
        name: found.verdict
        if found.verdict == "breaking"
        else f"{found.verdict}-{found.required_bump}"
        for name, found in verdicts.items()
    }


def test_the_set_is_large_and_half_of_it_is_breaking() -> None:
    count = Counter(pair.label == "breaking" for pair in PAIRS)

    assert len(PAIRS) == len({pair.id for pair in PAIRS}) >= 200
    assert 0.4 <= count[True] / len(PAIRS) <= 0.6


def test_every_label_is_one_of_three() -> None:
    assert {pair.label for pair in PAIRS} == {
        "breaking",
        "non-breaking-minor",
        "non-breaking-patch",
    }


@pytest.mark.parametrize("pair", [pytest.param(pair, id=pair.id) for pair in PAIRS])
def test_every_pair_changes_something(pair: Pair) -> None:
    assert edited(pair) != MODULES


def test_no_breaking_change_is_missed(judged: Mapping[str, str]) -> None:
    missed = [p.id for p in PAIRS if p.label == "breaking" and judged[p.id] != "breaking"]

    assert missed == []


def test_at_most_one_in_ten_non_breaking_changes_is_called_breaking(
    judged: Mapping[str, str],
) -> None:
    alarms = [p.id for p in NON_BREAKING if judged[p.id] == "breaking"]

    assert len(alarms) <= 0.1 * len(NON_BREAKING)


def test_nine_in_ten_changes_get_exactly_their_version(judged: Mapping[str, str]) -> None:
    exact = [p.id for p in PAIRS if judged[p.id] == p.label]

    assert len(exact) >= 0.9 * len(PAIRS)


def test_every_disagreement_is_known_with_its_reason(judged: Mapping[str, str]) -> None:
    wrong = {p.id for p in PAIRS if judged[p.id] != p.label}

    assert wrong == DISAGREEMENTS.keys()
