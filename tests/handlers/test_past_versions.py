"""Which versions main had before, and with which content."""

from dataclasses import dataclass

import pytest

from bot.handlers.context import Context
from bot.handlers.local import review_revisions
from bot.handlers.past_versions import with_past_versions
from bot.handlers.sources import read_sources

SPEC, SCORE = "environment/environment.yml", "environment/src/score.py"


@dataclass
class Past:
    """A main that went to 1.5.1 with a comment in its code, and back."""

    context: Context
    head: str
    spec: bytes
    score: bytes

    def commit(self, version: str, comment: str, *onto: str) -> str:
        """Return a commit of the sample at `version` whose code begins with a comment."""
        files = {
            SPEC: self.spec.replace(b'version: "1.5.0"', f'version: "{version}"'.encode()),
            SCORE: f"{comment}\n".encode() + self.score if comment else self.score,
        }
        at = self.context.clock.now()
        return self.context.repository.commit(onto or (self.head,), files, comment, at=at)

    def past(self, head: str) -> dict[str, int]:
        """Return how many contents each version had that a review of `head` knows of."""
        repository = self.context.repository
        sources = read_sources(repository, self.head, head)
        found = with_past_versions(repository, self.head, sources).past
        return {version: len(digests) for version, digests in found.items()}

    def blocked_by(self, head: str) -> list[str]:
        found = review_revisions(self.context.repository, self.head, head)
        return [finding.rule for finding in found.disagreements]


@pytest.fixture
def past(context: Context) -> Past:
    tree = context.repository.read(context.rules.main, "environment")
    found = Past(context, context.rules.main, tree[SPEC].data, tree[SCORE].data)
    found.head = found.commit("1.5.1", "# Released.")
    found.head = found.commit("1.5.0", "")
    return found


def test_main_tells_its_versions(past: Past) -> None:
    assert past.past(past.commit("1.5.2", "# New.")) == {"1.5.0": 1, "1.5.1": 1}


def test_nothing_is_read_for_the_version_of_main(past: Past) -> None:
    assert past.past(past.commit("1.5.0", "# New.")) == {}


def test_a_version_with_other_content_does_not_come_back(past: Past) -> None:
    assert past.blocked_by(past.commit("1.5.1", "# Mended.")) == ["version_used_before"]


def test_a_version_comes_back_with_the_content_that_it_had(past: Past) -> None:
    assert past.blocked_by(past.commit("1.5.1", "# Released.")) == []


def test_a_version_that_main_never_had_is_free(past: Past) -> None:
    assert past.blocked_by(past.commit("1.5.2", "# Mended.")) == []
