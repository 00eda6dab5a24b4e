"""Real changes of environment files, labelled by one reader; read where they are present.

`ENVBOT_CORPUS` names the archive; without it, it is looked for beside the checkout.
"""

import csv
import io
import os
import re
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from bot.core.classify import Verdict, classify
from bot.core.package_groups import NoAdditions
from bot.core.tree import REGULAR, File, Tree

SPEC = b'name: e\nversion: "1.0.0"\nbuild:\n  path: .\n'
JUDGED = frozenset({"conda", "requirements", "image", "schema"})
"""Kinds of which every sure change gets exactly its version."""


@pytest.fixture(scope="session")
def corpus(checkout: Path) -> Mapping[str, bytes]:
    """Return the archive's files by path."""
    beside = checkout.parent / "shared" / "data" / "env-changes.tar.gz"
    archive = Path(os.environ.get("ENVBOT_CORPUS", beside))
    if not archive.is_file():
        pytest.skip(f"no labelled changes at {archive}")
    with tarfile.open(archive) as files:
        members = [member for member in files.getmembers() if member.isfile()]
        return {member.name.partition("/")[2]: _read(files, member) for member in members}


def test_no_sure_breaking_change_is_missed(corpus: Mapping[str, bytes]) -> None:
    missed = [
        label["id"]
        for label, verdict in judged(corpus)
        if (label["label"], label["confidence"]) == ("breaking", "sure")
        and verdict.verdict != "breaking"
    ]

    assert missed == []


def test_no_arguable_breaking_change_is_missed(corpus: Mapping[str, bytes]) -> None:
    missed = [
        label["id"]
        for label, verdict in judged(corpus)
        if label["label"] == "breaking" and verdict.verdict != "breaking"
    ]

    assert missed == []


def test_sure_non_breaking_changes_get_exactly_their_version(corpus: Mapping[str, bytes]) -> None:
    wrong = {
        label["id"]: verdict.required_bump
        for label, verdict in judged(corpus)
        if label["confidence"] == "sure"
        and label["kind"] in JUDGED
        and label["label"].startswith("non-breaking")
        and label["label"] != f"non-breaking-{verdict.required_bump}"
    }

    assert wrong == {}


def test_the_page_on_classification_lists_every_disagreement(
    corpus: Mapping[str, bytes], checkout: Path
) -> None:
    page = (checkout / "docs" / "classification.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| (\d{4}) \| (\S+) \| (\S+) \|", page, re.MULTILINE)
    differing = [
        (label["id"], label["label"], found)
        for label, verdict in judged(corpus)
        if label["label"] != (found := spelt(verdict))
    ]

    assert listed == differing


def spelt(verdict: Verdict) -> str:
    """Return a verdict as labels spell it."""
    bump = f"-{verdict.required_bump}" if verdict.verdict == "non-breaking" else ""
    return f"{verdict.verdict}{bump}"


def judged(corpus: Mapping[str, bytes]) -> Iterator[tuple[dict[str, str], Verdict]]:
    for label in csv.DictReader(io.StringIO(corpus["labels.csv"].decode())):
        before, after = (side(corpus, label["id"], name) for name in ("before", "after"))
        yield label, classify(before, after, NoAdditions())


def side(corpus: Mapping[str, bytes], pair: str, name: str) -> Tree:
    folder = f"pairs/{pair}/{name}/"
    files = {
        f"environment/{p.removeprefix(folder)}": d
        for p, d in corpus.items()
        if p.startswith(folder)
    }
    files.setdefault("environment/environment.yml", SPEC)
    return {path: File(path, REGULAR, data.hex(), data) for path, data in files.items()}


def _read(files: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    content = files.extractfile(member)
    return content.read() if content else b""
