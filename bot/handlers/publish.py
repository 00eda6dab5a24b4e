"""Reviews pull requests, edits their configs, and shows where they stand."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.core.pull_request import PullRequest, StatusState
from bot.core.render.annotations import check_report
from bot.core.render.marker import SUMMARY, linked, marked
from bot.core.render.summary import page_markdown, summary_markdown
from bot.core.standing import Standing
from bot.errors import BotError, UserError
from bot.handlers.bump import edit_due, push_bump
from bot.handlers.calls import call_people
from bot.handlers.context import Context
from bot.handlers.standing import EVIDENCE, read_standing

RELEASE = "envbot/release"
REVIEW = "envbot/review"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which jobs with an Azure identity must follow."""

    candidate: bool = False
    cloud: bool = False

    def __or__(self, other: "Wanted") -> "Wanted":
        """Return what either asks for."""
        return Wanted(self.candidate or other.candidate, self.cloud or other.cloud)


@dataclass(frozen=True, slots=True)
class Published:
    """What came of publishing: the jobs that must follow, and the page of the run."""

    wanted: Wanted = Wanted()
    page: str = ""

    def __or__(self, other: "Published") -> "Published":
        """Return what both ask for, their pages one below the other."""
        page = "\n".join(filter(None, (self.page, other.page)))
        return Published(self.wanted | other.wanted, page)


def publish_all(context: Context, numbers: Iterable[int]) -> Published:
    """Publish each pull request; one that fails does not keep the others from being shown.

    Raises:
        BotError: at least one failed; its sentence names which.
    """
    published, failed = Published(), []
    for number in numbers:
        try:
            published |= publish(context, number)
        except BotError as error:
            failed.append(f"#{number}: {error.what}")
    if failed:
        raise BotError(" ".join(failed), undone="the review of these pull requests")
    return published


def publish(context: Context, number: int) -> Published:
    """Review one pull request as it is now, edit its configs if that is due, show the result."""
    return publish_head(context, context.hosting.pull(number))


def publish_head(context: Context, pull: PullRequest) -> Published:
    """Do the same for the head that `pull` names: GitHub may not know it for a moment."""
    if not pull.open or pull.base_branch != context.main_branch:
        return Published()
    standing = read_standing(context, pull)
    if _bump_may_be_due(context, standing):
        standing = _bumped(context, standing)
    show(context, standing)
    _annotate(context, standing)
    wants_cloud = standing.may_release and not _is_green(context, standing.pull)
    wanted = Wanted(standing.wants_candidate or wants_run(context, standing), wants_cloud)
    page = linked(page_markdown(standing), context.documents)
    return Published(wanted, f"# #{pull.number}\n\n{page}")


def show(context: Context, standing: Standing) -> None:
    """Make the summary comment and the statuses of the head say where it stands.

    Success of a release is only ever written by a job that asked Azure (D2).
    """
    number = standing.pull.number
    body = marked(SUMMARY, summary_markdown(standing), context.documents)
    context.hosting.upsert_comment(number, SUMMARY, body)
    call_people(context, standing)
    _show_evidence(context, standing)
    state, description = standing.status
    vouched = context.cloud is not None or standing.gate is None
    if state is StatusState.SUCCESS and not vouched:
        return
    if standing.may_release and not vouched and _is_green(context, standing.pull):
        return
    set_status(context, standing.pull, RELEASE, state, description)


def wants_run(context: Context, standing: Standing) -> bool:
    """Tell whether the candidate job should run the notebook, and has something to run it on."""
    return standing.wants_run and bool(context.rules.platform.dev.compute)


def set_status(
    context: Context, pull: PullRequest, name: str, state: StatusState, description: str
) -> None:
    """Set a status of the head unless it reads so already."""
    present = context.hosting.statuses(pull.head).get(name)
    if present and (present.state, present.description) == (state, description):
        return
    context.hosting.set_status(pull.head, name, state, description, url=context.run_url)


def _bump_may_be_due(context: Context, standing: Standing) -> bool:
    pull, review = standing.pull, standing.review
    return (
        context.rules.policy.bulk_edit == "auto"
        and standing.rollback is None
        and not standing.asks_again
        and review.agrees
        and not (pull.draft or pull.from_fork)
    )


def _bumped(context: Context, standing: Standing) -> Standing:
    pull, edit = standing.pull, edit_due(standing.review)
    if edit is None:
        return standing
    try:
        head = push_bump(context, pull, edit)
    except UserError as error:
        context.reporter.step(f"Not bumped: {error.refusal.headline}.")
        return standing
    return read_standing(context, replace(pull, head=head))


def _annotate(context: Context, standing: Standing) -> None:
    """Put the findings on the lines of the diff, where there are any to put."""
    review = standing.review
    if standing.rollback or not (review.environment_changes or review.problems):
        return
    report = check_report(review, context.documents)
    context.hosting.publish_check(standing.pull.head, REVIEW, report, url=context.run_url)


def reopen_registry(context: Context, standing: Standing) -> Standing:
    """Return the standing with the gate to the registry open anew, if its time had run out.

    It closes some time after the evidence was first seen complete, and seeing it again is what
    opens it.
    """
    gate = standing.gates.get("registry")
    if gate is None or not gate.expired or standing.review.evidence.decision != "complete":
        return standing
    state, description = _evidence_status(standing)
    context.hosting.set_status(
        standing.pull.head, EVIDENCE, state, description, url=context.run_url
    )
    return read_standing(context, standing.pull)


def _show_evidence(context: Context, standing: Standing) -> None:
    if not standing.review.environment_changes or standing.rollback:
        return
    set_status(context, standing.pull, EVIDENCE, *_evidence_status(standing))


def _evidence_status(standing: Standing) -> tuple[StatusState, str]:
    report = standing.review.evidence
    passed = sum(item.passed for item in report.items)
    state = StatusState.SUCCESS if report.decision == "complete" else StatusState.PENDING
    return state, f"Evidence {report.decision}: {passed} of {len(report.items)} items"


def _is_green(context: Context, pull: PullRequest) -> bool:
    """Tell whether this bot has declared exactly this head released."""
    status = context.hosting.statuses(pull.head).get(RELEASE)
    return bool(
        status and status.state is StatusState.SUCCESS and status.author == context.hosting.login
    )
