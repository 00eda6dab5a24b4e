"""How far a head's content has come: from Azure where it counts, from records for displays."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from bot.core.asset_id import parse_asset_id
from bot.core.config.circuit import CircuitId, read_fleet
from bot.core.config.platform import Platform
from bot.core.gates.facts import Tests, TestsState
from bot.core.model_differences import model_differences
from bot.core.model_test import JobState, ModelTestVerdict, verdict
from bot.core.model_test_request import ModelRef, ModelTestRequest, ProductionModel, make_request
from bot.core.production.deployment import deployment_key
from bot.core.promotion_record import TestRecord
from bot.core.pull_request import CommitStatus, PullRequest, StatusState
from bot.core.review import Review
from bot.core.standing import Progress
from bot.handlers.candidate_image import (
    candidate_image,
    image_stands_in,
    import_test,
    is_content,
)
from bot.handlers.context import Context
from bot.handlers.ports import Cloud
from bot.handlers.promotion_records import read_promotion

CANDIDATE = "envbot/candidate"
IMAGE = "envbot/image"
ATTEMPTS = 3  # at one test of all models; Azure ML runs no job name twice
_LOOK_BACK = 10  # commits of a pull request; each costs one request


def candidate_text(platform: Platform, review: Review) -> str:
    """Return the description of a successful `envbot/candidate`."""
    done = "registered and built" if platform.dev.compute else "registered"
    return f"{review.content.environment}:{review.candidate} is {done} in dev"


def recorded_progress(context: Context, pull: PullRequest, review: Review) -> Progress:
    """Return what statuses and records say; for display, and to know which job to wake."""
    candidate, image = _recorded_candidate(context, pull, review)
    built = bool(candidate and context.rules.platform.dev.compute)
    tests = import_test("built" if built and image_stands_in(review) else "none")
    record = read_promotion(context, review) if review.environment_changes else None
    if record is None:
        return Progress(candidate=candidate, tests=tests, image=image)
    return Progress(
        candidate=record.candidate,
        shared=True,
        tests=_recorded_tests(record.test) if record.test else tests,
        final=bool(record.final_id),
        image=image,
        not_comparable=record.not_comparable,
    )


def cloud_progress(context: Context, cloud: Cloud, review: Review) -> Progress:
    """Return what Azure says; nothing of it comes from a record."""
    content, candidate = review.content, review.candidate
    registered, image, text = candidate_image(context, cloud, review)
    shared = cloud.environment("registry", content.environment, candidate)
    progress = Progress(
        candidate=candidate if registered and image in ("built", "unasked") else None,
        shared=shared is not None and is_content(shared, content),
        image=text,
        not_comparable=_doubt(context, review) if shared else "",
    )
    if image_stands_in(review):
        return replace(progress, tests=import_test(image))
    request, state = latest_test(context, cloud, review)
    judged = judge(cloud, request, state)
    failures = judged.failures if state and state.has_ended else ()
    return replace(progress, tests=tests_of(state, judged), failures=failures)


def _doubt(context: Context, review: Review) -> str:
    """Return what the hop could not compare; only shown."""
    record = read_promotion(context, review)
    return record.not_comparable if record else ""


def latest_test(
    context: Context, cloud: Cloud, review: Review
) -> tuple[ModelTestRequest, JobState | None]:
    """Return the newest attempt at testing what production has now, and where its job is."""
    models = production_models(context, cloud, review.content.environment)
    request = request_test(context, review, models)
    state = cloud.job("test", request.job_name)
    for attempt in range(2, ATTEMPTS + 1):
        again = request_test(context, review, models, attempt=attempt)
        if state is None or (later := cloud.job("test", again.job_name)) is None:
            break
        request, state = again, later
    return request, state


def request_test(
    context: Context, review: Review, models: tuple[ProductionModel, ...], *, attempt: int = 1
) -> ModelTestRequest:
    """Return one attempt at testing `models` on the head's candidate."""
    platform, content = context.rules.platform, review.content
    return make_request(
        platform.environment_id("test", content.environment, review.candidate),
        content.env_digest,
        models,
        platform.test,
        attempt=attempt,
    )


def production_models(
    context: Context, cloud: Cloud, environment: str
) -> tuple[ProductionModel, ...]:
    """Return every model that production deploys on any version of `environment`.

    Azure says what runs where; of the configs only the names of endpoints and deployments are
    used, to tell the circuit. A model of several deployments is in it once for each.
    """
    platform, models = context.rules.platform, []
    known = _known_circuits(context)
    for live in cloud.deployments("production"):
        runs = parse_asset_id(live.environment_id or "")
        model = parse_asset_id(live.model_id or "")
        if runs and model and runs.name == environment:
            circuit = known.get(live.key) or platform.circuit_of(live.endpoint, live.deployment)
            ref = ModelRef(model.name, model.version)
            models.append(ProductionModel(ref, circuit, str(live.environment_id)))
    return tuple(models)


def _known_circuits(context: Context) -> Mapping[tuple[str, str], CircuitId]:
    """Return main's circuits by the key of their deployments.

    NOTE: the SDK and the `az` command write the names of deployments in lower case (azure-ai-ml
    1.35.2, `Deployment.__init__`), so that a live name need not have the letters of the circuit.
    """
    platform, config = context.rules.platform, context.repository.read(context.rules.main, "config")
    return {
        deployment_key(platform.endpoint_name(one), platform.deployment_name(one)): one
        for one in read_fleet(config).circuits
    }


def differences_to_configs(context: Context, models: Iterable[ProductionModel]) -> tuple[str, ...]:
    """Return where the configs on main say another model than production runs."""
    tree = context.repository.read(context.rules.main, "config")
    return model_differences(read_fleet(tree).circuits, models)


def judge(cloud: Cloud, request: ModelTestRequest, state: JobState | None) -> ModelTestVerdict:
    """Return the verdict over a test; results are fetched only once the job has ended."""
    results = cloud.model_results(request) if state and state.has_ended else ()
    return verdict(request, state, results, request.refs)


def tests_of(state: JobState | None, judged: ModelTestVerdict) -> Tests:
    """Return the verdict as a gate reads it."""
    passed = judged.total - len(judged.failures)
    if state is None:
        return Tests("none", total=judged.total)
    if not state.has_ended:
        return Tests("running", total=judged.total)
    outcome: TestsState = "passed" if judged.passed else "failed"
    return Tests(outcome, state.ended_at, passed, judged.total)


def _recorded_tests(test: TestRecord) -> Tests:
    outcome: TestsState = "passed" if not test.failed and test.passed == test.total else "failed"
    return Tests(outcome, test.ended_at, test.passed, test.total)


def _recorded_candidate(
    context: Context, pull: PullRequest, review: Review
) -> tuple[str | None, str]:
    """Return the rc version if `envbot/candidate` says so, on the head or on equal content.

    Beside it stands what `envbot/image` says there.

    What an earlier commit says is copied to the head: a push that leaves the environment as it is
    needs no new candidate.
    """
    if not review.environment_changes:
        return None, ""
    wanted = candidate_text(context.rules.platform, review)
    for commit in _commits_of_equal_content(context, pull):
        found = _own_statuses(context, commit)
        image = found[IMAGE].description if IMAGE in found else ""
        status = found.get(CANDIDATE)
        if status and (status.state, status.description) == (StatusState.SUCCESS, wanted):
            if commit != pull.head:
                for name in found.keys() & {CANDIDATE, IMAGE}:
                    one = found[name]
                    context.hosting.set_status(pull.head, name, one.state, one.description)
            return review.candidate, image
        if commit == pull.head and status:
            return None, image
    return None, ""


def _own_statuses(context: Context, commit: str) -> dict[str, CommitStatus]:
    login = context.hosting.login
    found = context.hosting.statuses(commit)
    return {name: status for name, status in found.items() if status.author == login}


def _commits_of_equal_content(context: Context, pull: PullRequest) -> list[str]:
    repository = context.repository
    wanted = repository.tree_id(pull.head, "environment")
    commits = repository.commits_between(context.rules.main, pull.head)[:_LOOK_BACK]
    return [commit for commit in commits if repository.tree_id(commit, "environment") == wanted]
