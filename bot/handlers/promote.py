"""`/promote registry`: shares the candidate, then tests every production model on it."""

from collections.abc import Iterable
from dataclasses import replace

import msgspec

from bot.core.gates.facts import Giver
from bot.core.gates.refusal import refusal_for
from bot.core.model_test import JobState, ModelTestVerdict, verdict
from bot.core.model_test_request import (
    INFRASTRUCTURE_RETRIES,
    ModelTestRequest,
    ProductionModel,
)
from bot.core.promotion_record import PromotionRecord, TestRecord
from bot.core.pull_request import PullRequest
from bot.core.refusal import Refusal
from bot.core.render.promotion import promoted_markdown, testing_markdown, untested_markdown
from bot.core.review import Review
from bot.core.standing import Standing
from bot.errors import BotError, UserError
from bot.handlers.calls import take_back_calls
from bot.handlers.candidate_image import image_stands_in, require_import_test
from bot.handlers.context import Context
from bot.handlers.hops import carry_candidate, carry_to_test
from bot.handlers.ports import Cloud
from bot.handlers.progress import (
    ATTEMPTS,
    differences_to_configs,
    judge,
    latest_test,
    production_models,
    request_test,
    tests_of,
)
from bot.handlers.promotion_records import read_promotion, tags_not_carried, write_promotion
from bot.handlers.publish import show
from bot.handlers.reply import DONE, FAILED, Answer
from bot.handlers.standing import read_standing

_NO_JOB_PATIENCE = 10  # polls in which a job just submitted may still be unknown


def promote_to_registry(  # noqa: PLR0913 - who, where, for which head, and where to answer
    context: Context,
    cloud: Cloud,
    pull: PullRequest,
    giver: Giver,
    reply: Answer,
    *,
    again: bool = False,
) -> None:
    """Carry out the command for the head that `pull` names; a repetition finds what is done.

    With `again`, tests that ended without passing are run once more.

    Raises:
        UserError: the gate is not open, or the registry holds other content; nothing was done.
        BotError: Azure failed; what was done stays, and the command can be repeated.
    """
    require_seen_head(context, pull, giver)
    standing = read_standing(context, pull, giver=giver)
    _require_open(standing)
    review = standing.review
    require_import_test(context, standing)
    record = _share(context, cloud, review, giver)
    shared = replace(standing.progress, shared=True, not_comparable=record.not_comparable)
    if image_stands_in(review):
        after = read_standing(context, pull, progress=shared)
        show(context, after)
        reply.finish(untested_markdown(after), DONE)
        return
    request, found = _request(context, cloud, review, again=again)
    state = _final(context, cloud, request, found)
    if state is None:
        take_back_calls(context, pull.number)
        record = _without_test(context, record)
        state = _run_tests(context, cloud, request, reply)
    live = production_models(context, cloud, review.content.environment)
    judged = _judge(cloud, request, state, live)
    write_promotion(context, with_test(record, request, state, judged))
    progress = replace(shared, tests=tests_of(state, judged), failures=judged.failures)
    after = read_standing(context, pull, progress=progress)
    show(context, after)
    told = promoted_markdown(
        after,
        request,
        judged,
        retries=state.retries,
        differences=differences_to_configs(context, live),
    )
    reply.finish(told, DONE if judged.passed else FAILED)


def with_test(
    record: PromotionRecord,
    request: ModelTestRequest,
    state: JobState,
    judged: ModelTestVerdict,
) -> PromotionRecord:
    """Return the record with the verdict in it."""
    ended = state.ended_at
    if ended is None:
        raise BotError(
            f"Azure names no end of job {request.job_name}.", done="the models were tested"
        )
    test = TestRecord(
        job=request.job_name,
        passed=judged.total - len(judged.failures),
        total=judged.total,
        failed=tuple(result.ref.label for result in judged.failures),
        ended_at=ended,
    )
    return msgspec.structs.replace(record, test=test)


def require_seen_head(context: Context, pull: PullRequest, giver: Giver) -> None:
    """Require that nobody has pushed since the command was given: it approved what stood there.

    Raises:
        UserError: somebody has (`HEAD_MOVED`), by GitHub's own record of pushes.
    """
    pushed = context.hosting.last_push(pull.number)
    if pushed is None or pushed <= giver.at:
        return
    raise UserError(
        Refusal(
            code="HEAD_MOVED",
            headline="somebody pushed after the command was given",
            facts=(
                f"Given {giver.at:%Y-%m-%d %H:%M:%S} UTC; pushed {pushed:%Y-%m-%d %H:%M:%S} UTC.",
            ),
            resolver=giver.login,
            next="Look at the head as it is now, and give the command again",
        )
    )


def _require_open(standing: Standing) -> None:
    for obstacle in standing.obstacles:
        raise UserError(obstacle)
    gate = standing.gates.get("registry")
    if gate is None:
        raise UserError(_nothing_to_promote(standing))
    if not gate.holds:
        raise UserError(refusal_for(gate))


def _nothing_to_promote(standing: Standing) -> Refusal:
    return Refusal(
        code="NOTHING_TO_PROMOTE",
        headline="this pull request brings no new environment version",
        facts=(f"`environment/` at {standing.pull.head[:7]} is what main has.",),
        resolver=standing.pull.author,
        next="/status",
    )


def _share(context: Context, cloud: Cloud, review: Review, giver: Giver) -> PromotionRecord:
    """Share the candidate and record it; what an earlier run has recorded of it stands."""
    content, candidate = review.content, review.candidate
    shared = carry_candidate(context, cloud, review)
    earlier = read_promotion(context, review)
    if earlier and earlier.candidate == candidate:
        carry_to_test(context, cloud, review)
        return earlier
    record = PromotionRecord(
        environment=content.environment,
        version=content.version,
        env_digest=content.env_digest,
        candidate=candidate,
        promoted_by=giver.login,
        promoted_at=context.clock.now(),
        tags=tags_not_carried(cloud, review, shared),
        not_comparable=shared.not_comparable,
    )
    write_promotion(context, record)
    carry_to_test(context, cloud, review)
    return record


def _without_test(context: Context, record: PromotionRecord) -> PromotionRecord:
    """Forget the verdict over an earlier attempt: a new one begins."""
    if record.test is None:
        return record
    blank = msgspec.structs.replace(record, test=None)
    write_promotion(context, blank)
    return blank


def _request(
    context: Context, cloud: Cloud, review: Review, *, again: bool
) -> tuple[ModelTestRequest, JobState | None]:
    """Return the test to run or to wait for, and where its job is; None if it has none yet.

    Raises:
        UserError: it failed as often as it may be repeated (`RETRIES_SPENT`).
    """
    request, state = latest_test(context, cloud, review)
    if not request.models:
        raise BotError(
            "Production deploys no model on this environment, so there is nothing to test.",
            done=f"{review.candidate} was shared in the registry",
            undone="the tests",
        )
    if not again or state is None or not state.has_ended:
        return request, state
    if judge(cloud, request, state).passed:
        return request, state
    attempt = request.attempt + 1
    if attempt > ATTEMPTS:
        raise UserError(_spent(request))
    return request_test(context, review, request.models, attempt=attempt), None


def _spent(request: ModelTestRequest) -> Refusal:
    return Refusal(
        code="RETRIES_SPENT",
        headline=f"the tests have failed {ATTEMPTS} times on this candidate",
        facts=(f"The last job is `{request.job_name}`.",),
        resolver="the author of the change",
        next="Correct the environment or the models and push.",
    )


def _final(
    context: Context, cloud: Cloud, request: ModelTestRequest, state: JobState | None
) -> JobState | None:
    """Return the end of a test that has ended for good; what Azure itself lost is run again."""
    if state is None or not state.has_ended:
        return None
    return None if _is_submitted_again(context, cloud, request, state) else state


def _run_tests(
    context: Context, cloud: Cloud, request: ModelTestRequest, reply: Answer
) -> JobState:
    """Submit the test, or find it submitted, and return its state once it has ended."""
    job, began = cloud.submit_model_test(request), context.clock.now()
    reply.show(testing_markdown(request, None))
    unknown = 0
    while unknown <= _NO_JOB_PATIENCE:
        state = cloud.job("test", job)
        if state is None:
            unknown += 1
        elif state.has_ended:
            if not _is_submitted_again(context, cloud, request, state):
                return state
        else:
            context.reporter.progress(state.done, state.total, "steps of the model test")
            reply.show_progress(testing_markdown(request, state))
        waited = (context.clock.now() - began).total_seconds()
        context.clock.sleep(pause_between_polls(context.patience.poll, waited))
    raise BotError(f"Azure does not know job {job}, which was submitted.", undone="the tests")


def pause_between_polls(shortest: float, waited: float) -> float:
    """Return how long to wait, in seconds: a twentieth of what was waited, within 1 to 4 times.

    A test of minutes is seen to end at once, and one of hours costs a quarter of the calls.
    """
    return min(max(shortest, waited / 20), 4 * shortest)


def _is_submitted_again(
    context: Context, cloud: Cloud, request: ModelTestRequest, state: JobState
) -> bool:
    """Submit what Azure itself lost; tell whether there was anything."""
    number = cloud.retry_model_test(request) if state.status == "failed" else 0
    if number:
        what = f"Azure lost steps of {state.name}; submitted again"
        context.reporter.step(f"{what}, {number} of {INFRASTRUCTURE_RETRIES}")
    return bool(number)


def _judge(
    cloud: Cloud,
    request: ModelTestRequest,
    state: JobState,
    relisted: Iterable[ProductionModel],
) -> ModelTestVerdict:
    """Judge against the models that production has now: one deployed meanwhile is untested."""
    live = [model.ref for model in relisted]
    return verdict(request, state, cloud.model_results(request), live)
