"""The journal: durable before the first write, and the first run's word about what was there."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.adapters.git import GitRepository
from bot.core.production.deployment import LiveDeployment
from bot.core.production.journal import Journal, from_bytes, previous_env_versions
from bot.core.production.plan import Plan
from bot.errors import BotError, InvalidFileError
from bot.handlers.context import Context
from bot.handlers.journal import FILE, keep_journal, last_journal

if TYPE_CHECKING:
    from tests.handlers.conftest import RacedRepository

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
Live = Callable[..., LiveDeployment]
PlanTo = Callable[..., Plan]


def ref(context: Context) -> str:
    return f"refs/envbot/releases/{context.rules.main[:12]}"


def stored(context: Context) -> Journal:
    commit = context.repository.read_ref(ref(context))
    assert commit is not None
    return from_bytes(context.repository.read(commit, FILE)[FILE].data, "journal")


def versions(journal: Journal) -> dict[str, str]:
    return {
        entry.circuit: (entry.environment_id or "").rpartition("/")[2] for entry in journal.entries
    }


def test_what_production_was_is_durable_when_it_returns(
    context: Context, make_live: Live, make_plan_to: PlanTo
) -> None:
    plan = make_plan_to("1.5.1", make_live(1, "1.5.0"), make_live(2, "1.4.0"))

    journal = keep_journal(context, plan)

    assert stored(context) == journal
    assert versions(journal) == {"C001": "1.5.0", "C002": "1.4.0"}
    assert journal.merge_sha == context.rules.main
    assert journal.plan_fingerprint == plan.fingerprint
    assert journal.run_id == context.run_url


def test_only_what_will_be_written_is_kept(
    context: Context, make_live: Live, make_plan_to: PlanTo
) -> None:
    plan = make_plan_to("1.5.1", make_live(1, "1.5.0"), make_live(2, "1.5.1"))

    assert versions(keep_journal(context, plan)) == {"C001": "1.5.0"}


def test_others_tags_are_not_kept(context: Context, make_live: Live, make_plan_to: PlanTo) -> None:
    live = make_live(1, "1.5.0", rolled_back_by="lise", password="hunter2")

    journal = keep_journal(context, make_plan_to("1.5.1", live))

    assert journal.entries[0].our_tags == {"rolled_back_by": "lise"}
    commit = context.repository.read_ref(ref(context)) or ""
    assert b"hunter2" not in context.repository.read(commit, FILE)[FILE].data


def test_the_first_run_knows_best_what_was_there(
    context: Context, make_live: Live, make_plan_to: PlanTo
) -> None:
    first = keep_journal(context, make_plan_to("1.5.1", make_live(1, "1.5.0"), make_live(2)))

    written = replace(make_live(1, "1.5.1"), provisioning_state="Failed")
    second = keep_journal(context, make_plan_to("1.5.1", written, make_live(2)))

    assert second == first
    assert versions(stored(context)) == {"C001": "1.5.0", "C002": "1.5.0"}


def exported(journal: Journal) -> list[str]:
    return [one["previous_environment"][-5:] for one in previous_env_versions(journal)]


def test_what_somebody_put_there_after_the_first_run_is_kept_too(
    context: Context, make_live: Live, make_plan_to: PlanTo
) -> None:
    first = keep_journal(context, make_plan_to("1.5.1", make_live(1, "1.5.0"), make_live(2)))

    keep_journal(context, make_plan_to("1.5.1", make_live(1, "1.4.9")))

    assert stored(context).entries == first.entries
    assert exported(stored(context)) == ["1.4.9", "1.5.0"]


def test_the_latest_of_what_was_overwritten_is_exported(
    context: Context, make_live: Live, make_plan_to: PlanTo
) -> None:
    for version in ("1.5.0", "1.4.9", "1.4.8"):
        keep_journal(context, make_plan_to("1.5.1", make_live(1, version)))
    assert exported(stored(context)) == ["1.4.8"]

    back = keep_journal(context, make_plan_to("1.5.1", make_live(1, "1.5.0")))

    assert exported(back) == ["1.5.0"]


def test_a_later_run_adds_what_the_first_had_not(
    context: Context, make_live: Live, make_plan_to: PlanTo
) -> None:
    first = keep_journal(context, make_plan_to("1.5.1", make_live(2, "1.5.0")))

    second = keep_journal(context, make_plan_to("1.5.1", make_live(1, "1.4.0"), make_live(2)))

    assert versions(second) == {"C001": "1.4.0", "C002": "1.5.0"}
    assert second.plan_fingerprint == first.plan_fingerprint
    assert second.created_at == first.created_at


def test_a_journal_that_says_it_all_gets_no_new_commit(
    context: Context, make_live: Live, make_plan_to: PlanTo
) -> None:
    plan = make_plan_to("1.5.1", make_live(1), make_live(2))
    keep_journal(context, plan)
    before = context.repository.read_ref(ref(context))
    context.clock.sleep(60)

    keep_journal(context, plan)

    assert context.repository.read_ref(ref(context)) == before


@pytest.mark.parametrize(
    ("data", "file"),
    [
        pytest.param(b"", FILE, id="empty"),
        pytest.param(b"{}", FILE, id="another object"),
        pytest.param(b"\xff", FILE, id="binary"),
        pytest.param(b"{}", "other.json", id="another file"),
    ],
)
def test_what_cannot_be_read_is_not_written_over(
    context: Context, make_live: Live, make_plan_to: PlanTo, data: bytes, file: str
) -> None:
    commit = context.repository.commit((), {file: data}, "Theirs", at=NOON)
    assert context.repository.write_ref(ref(context), commit, expected=None)

    with pytest.raises(InvalidFileError, match="journal"):
        keep_journal(context, make_plan_to("1.5.1", make_live()))

    assert context.repository.read_ref(ref(context)) == commit


def test_of_two_at_once_both_are_kept(
    context: Context,
    repository: "RacedRepository",
    make_live: Live,
    make_plan_to: PlanTo,
) -> None:
    repository.meanwhile.append(
        lambda: keep_journal(context, make_plan_to("1.5.1", make_live(2, "1.4.0")))
    )

    journal = keep_journal(context, make_plan_to("1.5.1", make_live(1), make_live(2)))

    assert versions(journal) == {"C001": "1.5.0", "C002": "1.4.0"}
    assert stored(context) == journal


def test_a_race_that_never_ends_is_a_failure(
    context: Context,
    repository: "RacedRepository",
    elsewhere: GitRepository,
    make_live: Live,
    make_plan_to: PlanTo,
) -> None:
    def meddle() -> None:
        now = elsewhere.read_ref(ref(context))
        parents = (now,) if now else ()
        files = elsewhere.read(now) if now else {}
        kept = {path: file.data for path, file in files.items()}
        journal = kept.get(FILE) or EMPTY
        commit = elsewhere.commit(parents, {FILE: journal}, "Theirs", at=NOON)
        assert elsewhere.write_ref(ref(context), commit, expected=now)

    repository.meanwhile += [meddle] * 9

    with pytest.raises(BotError, match="kept changing") as failed:
        keep_journal(context, make_plan_to("1.5.1", make_live()))

    assert failed.value.undone == "the apply"


EMPTY = (
    b'{"release_id":"r","merge_sha":"m","plan_fingerprint":"f","run_id":"","created_at":"",'
    b'"entries":[],"format":1}'
)


def test_without_origin_nothing_is_kept_and_it_fails(
    context: Context, origin: Path, make_live: Live, make_plan_to: PlanTo
) -> None:
    origin.rename(origin.with_suffix(".gone"))

    with pytest.raises(BotError):
        keep_journal(context, make_plan_to("1.5.1", make_live()))


def later(context: Context) -> Context:
    """Return a run on a main that has moved on by one merge of documents."""
    repository, main = context.repository, context.rules.main
    commit = repository.commit((main,), {"README.md": b"More"}, "Document", at=NOON)
    assert repository.push(commit, "main")
    return replace(context, rules=replace(context.rules, main=commit))


def test_the_last_journal_is_found_behind_merges_that_wrote_nothing(
    context: Context, make_live: Live, make_plan_to: PlanTo
) -> None:
    journal = keep_journal(context, make_plan_to("1.5.1", make_live(1, "1.5.0")))

    assert last_journal(later(later(context))) == journal


def test_a_later_journal_is_the_last(
    context: Context, make_live: Live, make_plan_to: PlanTo
) -> None:
    keep_journal(context, make_plan_to("1.5.1", make_live(1, "1.5.0")))
    moved = later(context)

    journal = keep_journal(moved, make_plan_to("1.5.1", make_live(2, "1.5.0")))

    assert last_journal(moved) == journal


def test_a_main_for_which_nothing_was_written_has_no_last_journal(context: Context) -> None:
    assert last_journal(later(context)) is None
