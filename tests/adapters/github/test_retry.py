"""How many requests are sent when GitHub falters, and what comes out; waits are milliseconds."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest
from github import RateLimitExceededExceedsMaxWait
from urllib3.exceptions import MaxRetryError, NewConnectionError, ProtocolError

from bot.adapters.github import GitHubHosting
from bot.adapters.github.retry import BotRetry
from bot.core.pull_request import StatusState
from bot.errors import BotError
from tests.adapters.github.scripted import RESET, SECONDARY_WAIT, Answer, Scripted

SHA = "0123456" + "0" * 33
MARK = "<!-- envbot:v1 kind=summary -->"


LIMITED = {"message": "You have exceeded a secondary rate limit."}
FORBIDDEN = Answer(403, {"message": "Resource not accessible by integration"})
PERMISSION = Answer(200, {"permission": "write", "user": None})
STATUS = Answer(201, {"id": 1, "state": "success", "context": "envbot/release"})
COMMENT = {
    "id": 1,
    "body": f"{MARK} before",
    "user": {"login": "envbot[bot]", "type": "Bot"},
}


def _get(hosting: GitHubHosting) -> str:
    return hosting.permission("ada")


def _post(hosting: GitHubHosting) -> str:
    hosting.set_status(SHA, "envbot/release", StatusState.SUCCESS, "ready")
    return "done"


def _patch(hosting: GitHubHosting) -> str:
    return hosting.upsert_comment(7, MARK, f"{MARK} after") and "done"


Act = Callable[[GitHubHosting], str]
METHODS: Mapping[str, tuple[Act, Answer]] = {
    "GET": (_get, PERMISSION),
    "POST": (_post, STATUS),
    "PATCH": (_patch, Answer(200, {**COMMENT, "html_url": "https://github.com/c/1"})),
}
SOON = {"Retry-After": "0"}
LATE = {"Retry-After": "3"}
ONCE = {"GET": 1, "POST": 1, "PATCH": 1}
TWICE = {"GET": 2, "POST": 2, "PATCH": 2}
READS_ONLY = {"GET": 2, "POST": 1, "PATCH": 1}
PRIMARY = {"message": "API rate limit exceeded for installation ID 1."}
OVER = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "4000000000"}
PAST = {"X-RateLimit-Remaining": "1", "X-RateLimit-Reset": "1"}

CASES = {
    "502": (Answer(502, b"<html>Bad gateway</html>"), READS_ONLY, "502 without a message"),
    "connection reset": (RESET, READS_ONLY, r"could not be reached to .* \(ConnectionError\)"),
    "plain 403": (FORBIDDEN, ONCE, "403 Resource not accessible by integration"),
    "403 limit": (Answer(403, LIMITED), TWICE, ""),
    "403 limit with Retry-After": (Answer(403, LIMITED, SOON), TWICE, ""),
    "403 limit for too long": (Answer(403, LIMITED, LATE), ONCE, "403 asked to wait 3 seconds"),
    "403 hourly limit for too long": (Answer(403, PRIMARY, OVER), ONCE, "403 API rate limit"),
    "429": (Answer(429, LIMITED), TWICE, ""),
    "429 with a reset that is past": (Answer(429, LIMITED, PAST), TWICE, ""),
    "429 with Retry-After": (Answer(429, LIMITED, SOON), TWICE, ""),
    "429 for too long": (Answer(429, LIMITED, LATE), ONCE, "429 asked to wait 3 seconds"),
    "429 hourly limit for too long": (Answer(429, PRIMARY, OVER), ONCE, r"429 asked to wait \d+"),
    "503 for too long": (
        Answer(503, None, LATE),
        ONCE,
        "503 (asked to wait 3 seconds|without a message)",
    ),
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("case", CASES)
def test_only_what_may_be_repeated_is(
    scripted_hosting: GitHubHosting, script: Scripted, case: str, method: str
) -> None:
    first, requests, failure = CASES[case]
    act, success = METHODS[method]
    comment = {**COMMENT, "url": f"{script.url}/repos/plant/envs/issues/comments/1"}
    before = [Answer(200, [comment])] if method == "PATCH" else []
    script.answers = [*before, first, success]

    if requests[method] == 2:
        assert act(scripted_hosting) in {"write", "done"}
    else:
        with pytest.raises(BotError, match=failure):
            act(scripted_hosting)

    assert len([call for call in script.seen if call.startswith(method)]) == requests[method]


@pytest.mark.parametrize("status", [403, 429])
def test_a_limit_without_a_time_is_waited_out(
    scripted_hosting: GitHubHosting, script: Scripted, status: int
) -> None:
    script.answers = [Answer(status, LIMITED), PERMISSION]
    start = time.monotonic()

    scripted_hosting.permission("ada")

    assert time.monotonic() - start >= SECONDARY_WAIT


@pytest.mark.parametrize(
    ("answer", "requests", "failure"),
    [
        pytest.param(Answer(502), 5, "too many 502 error responses", id="502"),
        pytest.param(RESET, 3, "could not be reached", id="reset"),
        pytest.param(Answer(403, LIMITED), 5, "too many 403 error responses", id="limit"),
    ],
)
def test_gives_up_after_a_few_attempts(
    scripted_hosting: GitHubHosting, script: Scripted, answer: Answer, requests: int, failure: str
) -> None:
    script.answers = [answer]

    with pytest.raises(BotError, match=failure):
        scripted_hosting.permission("ada")

    assert len(script.seen) == requests


def _waits(retry: BotRetry, error: Exception) -> list[float]:
    """Return the seconds before each attempt of a call that fails again and again."""
    waits = [0.0]
    while True:
        try:
            retry = retry.increment("GET", "/", error=error)
        except MaxRetryError:
            return waits
        waits.append(retry.get_backoff_time())


@pytest.mark.parametrize(
    ("error", "attempts", "seconds"),
    [
        pytest.param(NewConnectionError(None, "refused"), 3, 2, id="refused"),  # type: ignore[arg-type]  # only its class is looked at
        pytest.param(ProtocolError("reset"), 3, 2, id="reset"),
    ],
)
def test_with_the_defaults_an_unreachable_github_costs_two_seconds(
    error: Exception, attempts: int, seconds: float
) -> None:
    waits = _waits(BotRetry(), error)

    assert (len(waits), sum(waits)) == (attempts, seconds)


def test_without_a_longest_wait_every_wait_is_taken() -> None:
    response = _Response(429, {"Retry-After": "100000"})

    following = BotRetry().increment("GET", "/", response=response)

    assert following.get_retry_after(response) == 21_600  # type: ignore[arg-type]  # urllib3's cap


def test_not_to_wait_at_all_is_a_longest_wait_too() -> None:
    response = _Response(429, {"Retry-After": "1"})

    with pytest.raises(RateLimitExceededExceedsMaxWait):
        BotRetry(max_rate_limit_wait=0).increment("GET", "/", response=response)


@dataclass
class _Response:
    """As much of urllib3's response as the decision to repeat looks at."""

    status: int
    headers: Mapping[str, str]

    def get_redirect_location(self) -> None:
        """Return that this leads nowhere else."""
