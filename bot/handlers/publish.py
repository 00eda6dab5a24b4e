"""Reviews pull requests, edits their configs, and shows where they stand."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.core.pull_request import PullRequest, StatusState
from bot.core.render.marker import SUMMARY, marked
from bot.core.render.summary import summary_markdown
from bot.core.standing import Standing
from bot.errors import BotError, UserError
from bot.handlers.bump import push_bump
from bot.handlers.context import Context
from bot.handlers.standing import EVIDENCE, read_standing

RELEASE = "envbot/release"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which jobs with an Azure identity must follow."""

    candidate: bool = False
    cloud: bool = False

    def __or__(self, other: "Wanted") -> "Wanted":
        """Return what either asks for."""
        return Wanted(self.candidate or other.candidate, self.cloud or other.cloud)


def publish_all(context: Context, numbers: Iterable[int]) -> Wanted:
    """Publish each pull request; one that fails does not keep the others from being shown.

    Raises:
        BotError: at least one failed; its sentence names which.
    """
    wanted, failed = Wanted(), []
    for number in numbers:
        try:
            wanted |= publish(context, number)
        except BotError as error:
            failed.append(f"#{number}: {error.what}")
    if failed:
        raise BotError(" ".join(failed), undone="the review of these pull requests")
    return wanted


def publish(context: Context, number: int) -> Wanted:
    """Review one pull request as it is now, edit its configs if that is due, show the result."""
    pull = context.hosting.pull(number)
    if not pull.open or pull.base_branch != context.main_branch:
        return Wanted()
    standing = read_standing(context, pull)
    if _bump_is_due(context, standing):
        standing = _bumped(context, standing)
    show(context, standing)
    wants_cloud = standing.may_release and not _is_green(context, standing.pull)
    return Wanted(standing.wants_candidate, wants_cloud)


def show(context: Context, standing: Standing) -> None:
    """Make the summary comment and the statuses of the head say where it stands.

    Success of a release is only ever written by a job that asked Azure (D2).
    """
    number = standing.pull.number
    body = marked(SUMMARY, summary_markdown(standing), context.documents)
    context.hosting.upsert_comment(number, SUMMARY, body)
    _show_evidence(context, standing)
    state, description = standing.status
    vouched = context.cloud is not None or standing.gate is None
    if state is StatusState.SUCCESS and not vouched:
        return
    if standing.may_release and not vouched and _is_green(context, standing.pull):
        return
    set_status(context, standing.pull, RELEASE, state, description)


def set_status(
    context: Context, pull: PullRequest, name: str, state: StatusState, description: str
) -> None:
    """Set a status of the head unless it reads so already."""
    present = context.hosting.statuses(pull.head).get(name)
    if present and (present.state, present.description) == (state, description):
        return
    context.hosting.set_status(pull.head, name, state, description, url=context.run_url)


def _bump_is_due(context: Context, standing: Standing) -> bool:
    pull, review = standing.pull, standing.review
    return (
        context.rules.policy.bulk_edit == "auto"
        and standing.rollback is None
        and review.agrees
        and not (pull.draft or pull.from_fork or review.conflicts or review.base_moved)
        and review.bump is not None
        and bool(review.bump.files)
    )


def _bumped(context: Context, standing: Standing) -> Standing:
    pull, bump = standing.pull, standing.review.bump
    if bump is None:
        return standing
    try:
        head = push_bump(context, pull, bump.files, standing.review.content.version)
    except UserError as moved:
        context.reporter.step(f"Not bumped: {moved.refusal.headline}.")
        return standing
    return read_standing(context, replace(pull, head=head))


def _show_evidence(context: Context, standing: Standing) -> None:
    if not standing.review.environment_changes or standing.rollback:
        return
    report = standing.review.evidence
    passed = sum(item.passed for item in report.items)
    state = StatusState.SUCCESS if report.decision == "complete" else StatusState.PENDING
    description = f"Evidence {report.decision}: {passed} of {len(report.items)} items"
    set_status(context, standing.pull, EVIDENCE, state, description)


def _is_green(context: Context, pull: PullRequest) -> bool:
    """Tell whether this bot has declared exactly this head released."""
    status = context.hosting.statuses(pull.head).get(RELEASE)
    return bool(
        status and status.state is StatusState.SUCCESS and status.author == context.hosting.login
    )
