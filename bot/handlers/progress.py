"""How far a head's content has come: from Azure where it counts, from records for displays."""

from bot.core.asset_id import parse_asset_id
from bot.core.environment import RegisteredEnvironment
from bot.core.gates.approval import ReleaseContent
from bot.core.gates.facts import Tests, TestsState
from bot.core.model_test import (
    JobState,
    ModelRef,
    ModelTestRequest,
    ModelTestVerdict,
    make_request,
    verdict,
)
from bot.core.promotion_record import PromotionRecord
from bot.core.pull_request import PullRequest, StatusState
from bot.core.review import Review
from bot.core.standing import Progress
from bot.handlers.context import Context
from bot.handlers.ports import Cloud
from bot.handlers.promotion_records import read_promotion

CANDIDATE = "envbot/candidate"
ATTEMPTS = 3  # at one test of all models; Azure ML runs no job name twice
_LOOK_BACK = 10  # commits of a pull request; each costs one request


def candidate_text(review: Review) -> str:
    """Return the description of a successful `envbot/candidate`."""
    return f"{review.content.environment}:{review.candidate} is registered in dev"


def recorded_progress(context: Context, pull: PullRequest, review: Review) -> Progress:
    """Return what statuses and records say; for display, and to know which job to wake."""
    candidate = _recorded_candidate(context, pull, review)
    record = read_promotion(context, review) if review.environment_changes else None
    if record is None:
        return Progress(candidate=candidate)
    return Progress(
        candidate=record.candidate,
        shared=True,
        tests=_recorded_tests(record),
        final=bool(record.final_id),
    )


def cloud_progress(context: Context, cloud: Cloud, review: Review) -> Progress:
    """Return what Azure says; nothing of it comes from a record."""
    content, candidate = review.content, review.candidate
    registered = cloud.environment("dev", content.environment, candidate)
    shared = cloud.environment("registry", content.environment, candidate)
    request, state = latest_test(context, cloud, review)
    judged = judge(cloud, request, state)
    return Progress(
        candidate=candidate if registered and is_content(registered, content) else None,
        shared=shared is not None and is_content(shared, content),
        tests=tests_of(state, judged),
        failures=judged.failures if state and state.has_ended else (),
    )


def is_content(registered: RegisteredEnvironment, content: ReleaseContent) -> bool:
    """Tell whether a registered version holds this content, and not another of a like name.

    Eight digits of a digest name a candidate, and two contents with the same eight can be made in
    seconds; the tag has all of it. Where no tag was recorded, the hop that made it has compared.
    """
    return registered.tags.get("env_digest", content.env_digest) == content.env_digest


def latest_test(
    context: Context, cloud: Cloud, review: Review
) -> tuple[ModelTestRequest, JobState | None]:
    """Return the newest attempt at testing what production has now, and where its job is."""
    models = production_models(cloud, review.content.environment)
    request = request_test(context, review, models)
    state = cloud.job("test", request.job_name)
    for attempt in range(2, ATTEMPTS + 1):
        again = request_test(context, review, models, attempt=attempt)
        if state is None or (later := cloud.job("test", again.job_name)) is None:
            break
        request, state = again, later
    return request, state


def request_test(
    context: Context, review: Review, models: tuple[ModelRef, ...], *, attempt: int = 1
) -> ModelTestRequest:
    """Return one attempt at testing `models` on the head's candidate."""
    platform, content = context.rules.platform, review.content
    return make_request(
        platform.registry_environment_id(content.environment, review.candidate),
        content.env_digest,
        models,
        platform.test,
        attempt=attempt,
    )


def production_models(cloud: Cloud, environment: str) -> tuple[ModelRef, ...]:
    """Return every model that production deploys on any version of `environment`, sorted."""
    models = set()
    for live in cloud.deployments("production"):
        runs = parse_asset_id(live.environment_id or "")
        model = parse_asset_id(live.model_id or "")
        if runs and model and runs.name == environment:
            models.add(ModelRef(model.name, model.version))
    return tuple(sorted(models))


def judge(cloud: Cloud, request: ModelTestRequest, state: JobState | None) -> ModelTestVerdict:
    """Return the verdict over a test; results are fetched only once the job has ended."""
    results = cloud.model_results(request) if state and state.has_ended else ()
    return verdict(request, state, results, request.models)


def tests_of(state: JobState | None, judged: ModelTestVerdict) -> Tests:
    """Return the verdict as a gate reads it."""
    passed = judged.total - len(judged.failures)
    if state is None:
        return Tests("none", total=judged.total)
    if not state.has_ended:
        return Tests("running", total=judged.total)
    outcome: TestsState = "passed" if judged.passed else "failed"
    return Tests(outcome, state.ended_at, passed, judged.total)


def _recorded_tests(record: PromotionRecord) -> Tests:
    test = record.test
    if test is None:
        return Tests("none")
    outcome: TestsState = "passed" if not test.failed and test.passed == test.total else "failed"
    return Tests(outcome, test.ended_at, test.passed, test.total)


def _recorded_candidate(context: Context, pull: PullRequest, review: Review) -> str | None:
    """Return the rc version if `envbot/candidate` says so on the head or on equal content.

    What an earlier commit says is copied to the head: a push that leaves the environment as it is
    needs no new candidate.
    """
    if not review.environment_changes:
        return None
    wanted = candidate_text(review)
    for commit in _commits_of_equal_content(context, pull):
        status = context.hosting.statuses(commit).get(CANDIDATE)
        if status is None or status.author != context.hosting.login:
            continue
        if (status.state, status.description) == (StatusState.SUCCESS, wanted):
            if commit != pull.head:
                context.hosting.set_status(pull.head, CANDIDATE, StatusState.SUCCESS, wanted)
            return review.candidate
    return None


def _commits_of_equal_content(context: Context, pull: PullRequest) -> list[str]:
    repository = context.repository
    wanted = repository.tree_id(pull.head, "environment")
    commits = repository.commits_between(context.rules.main, pull.head)[:_LOOK_BACK]
    return [commit for commit in commits if repository.tree_id(commit, "environment") == wanted]
