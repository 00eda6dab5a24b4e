"""A version that was rolled back waits until somebody says that it is meant."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.core.pull_request import Comment, PullRequest
from bot.core.review import Review, review
from bot.handlers.context import Context, read_rules
from bot.handlers.past_versions import with_past_versions
from bot.handlers.sources import read_sources
from bot.handlers.withdrawn import refuse_again
from tests.handlers.conftest import NOON
from tests.sample_pull import PULL

SPEC, SCORE = "environment/environment.yml", "environment/src/score.py"
C001 = "config/plants/P001/C001.yml"
ROLLED_BACK = NOON + timedelta(hours=2)
LATER = ROLLED_BACK + timedelta(minutes=5)


def pull_request(number: int, merge: str | None = None) -> PullRequest:
    return replace(
        PULL,
        number=number,
        title="Log more",
        author="ada",
        head="",
        head_branch="log-more",
        base="",
        open=merge is None,
        created_at=NOON,
        merged_at=ROLLED_BACK if merge else None,
        merge_commit=merge,
    )


@dataclass
class Desk:
    """The part of GitHub that knows who rolled back, and what was said on #7."""

    rollback: str
    said: list[Comment] = field(default_factory=list)
    done: Collection[int] = ()

    def pulls_with(self, commit: str) -> tuple[PullRequest, ...]:
        return (pull_request(6, commit),) if commit == self.rollback else ()

    def comments(self, number: int) -> tuple[Comment, ...]:
        assert number == 7
        return tuple(self.said)

    def has_reacted(self, comment_id: int, reaction: str) -> bool:
        assert reaction == "rocket"
        return comment_id in self.done


@dataclass
class Main:
    """A main that went to 1.5.1 and back by #6."""

    context: Context
    desk: Desk
    released: str
    score: bytes
    spec: bytes

    def environment(self, version: str, comment: bytes) -> dict[str, bytes]:
        spec = self.spec.replace(b'version: "1.5.0"', f'version: "{version}"'.encode())
        return {SPEC: spec, SCORE: comment + self.score}

    def reviewed(self, files: dict[str, bytes]) -> Review:
        repository, rules = self.context.repository, self.context.rules
        head = repository.commit((rules.main,), files, "Again", at=LATER)
        sources = read_sources(repository, rules.main, head)
        sources = with_past_versions(repository, rules.main, sources)
        return review(sources, rules.platform, rules.policy)

    def refused(self, files: dict[str, bytes]) -> str:
        """Return what a head with these files is told to do; empty where nothing is in its way."""
        refusal = refuse_again(self.context, pull_request(7), self.reviewed(files))
        assert refusal is None or refusal.code == "VERSION_ROLLED_BACK"
        return f"{refusal.facts[0]} {refusal.next}" if refusal else ""

    def say(
        self, body: str, at: datetime = LATER, *, by_bot: bool = False, edited: bool = False
    ) -> None:
        said = Comment(5, "ada", by_bot=by_bot, body=body, created_at=at, edited=edited)
        self.desk.said = [said]
        self.desk.done = (5,)


@pytest.fixture
def main(context: Context) -> Main:
    repository = context.repository
    tree = repository.read(context.rules.main, "environment")
    made = Main(context, Desk(""), "", tree[SCORE].data, tree[SPEC].data)
    made.released = repository.commit(
        (context.rules.main,), {**made.environment("1.5.1", b"# Log.\n")}, "Release", at=NOON
    )
    back = repository.commit(
        (made.released,), {**made.environment("1.5.0", b"")}, "Roll back", at=NOON
    )
    made.desk = Desk(back)
    hosting: Any = made.desk
    made.context = replace(context, hosting=hosting, rules=read_rules(repository, back))
    return made


def test_the_version_that_was_rolled_back_is_held_up(main: Main) -> None:
    told = main.refused(main.environment("1.5.1", b"# Log.\n"))

    assert told.startswith("#6 took main back from it.")
    assert "`/bump 1.5.1`" in told


def test_its_content_under_another_version_is_held_up(main: Main) -> None:
    assert "`/bump 1.5.2`" in main.refused(main.environment("1.5.2", b"# Log.\n"))


def test_a_config_alone_that_asks_for_it_is_held_up(main: Main) -> None:
    repository = main.context.repository
    data = repository.read(main.context.rules.main, C001)[C001].data

    assert main.refused({C001: data.replace(b"1.5.0", b"1.5.1")})


def test_what_was_mended_under_a_new_version_goes_on(main: Main) -> None:
    assert main.refused(main.environment("1.5.2", b"# Mended.\n")) == ""


def test_a_bump_says_that_it_is_meant(main: Main) -> None:
    main.say("/bump 1.5.1")

    assert main.refused(main.environment("1.5.1", b"# Log.\n")) == ""


@pytest.mark.parametrize(
    ("body", "at", "changed"),
    [
        pytest.param("/bump 1.5.2", LATER, {}, id="another version"),
        pytest.param("/bump 1.5.1", ROLLED_BACK, {}, id="before the rollback"),
        pytest.param("/bump 1.5.1", LATER, {"edited": True}, id="edited"),
        pytest.param("/bump 1.5.1", LATER, {"by_bot": True}, id="by a bot"),
        pytest.param("/status", LATER, {}, id="another command"),
        pytest.param("Please bump 1.5.1", LATER, {}, id="no command"),
    ],
)
def test_nothing_else_says_so(
    main: Main, body: str, at: datetime, changed: dict[str, bool]
) -> None:
    main.say(body, at, **changed)

    assert main.refused(main.environment("1.5.1", b"# Log.\n"))


def test_a_bump_that_was_refused_says_nothing(main: Main) -> None:
    main.say("/bump 1.5.1")
    main.desk.done = ()

    assert main.refused(main.environment("1.5.1", b"# Log.\n"))


def test_a_merged_pull_request_is_not_asked(main: Main) -> None:
    reviewed = main.reviewed(main.environment("1.5.1", b"# Log.\n"))

    assert refuse_again(main.context, pull_request(7, "m" * 40), reviewed) is None
