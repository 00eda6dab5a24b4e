"""Every environment variable: its default, its value, and what is said when it is wrong."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.production.lease import LONGEST
from bot.errors import BotError
from bot.settings import Settings

DEFAULTS: dict[str, object] = {
    "repository_root": Path(),
    "main_branch": "main",
    "github_api_url": "https://api.github.com",
    "github_server_url": "https://github.com/",
    "push_token": None,
    "bot_login": "github-actions[bot]",
    "teams_token": None,
    "webhook_url": None,
    "github_pause": 0.25,
    "github_write_pause": 1.0,
    "github_timeout": 20,
    "azure_timeout": 60.0,
    "backoff": 1.0,
    "rate_limit_pause": 60.0,
    "operation_deadline": 1800.0,
    "read_back_deadline": 120.0,
    "poll": 30.0,
    "comment_pause": 20.0,
    "lease": timedelta(hours=1),
    "image_deadline": 5400.0,
    "image_mirror": "",
    "reports": "",
    "commands": (),
    "answer": timedelta(minutes=15),
    "job": "",
}
VALUES: dict[str, tuple[str, str, object]] = {
    "repository_root": ("GITHUB_WORKSPACE", "/work", Path("/work")),
    "main_branch": ("ENVBOT_MAIN_BRANCH", "trunk", "trunk"),
    "github_api_url": ("GITHUB_API_URL", "http://127.0.0.1/api/v3/", "http://127.0.0.1/api/v3"),
    "github_server_url": ("GITHUB_SERVER_URL", "http://127.0.0.1", "http://127.0.0.1/"),
    "github_repository": ("GITHUB_REPOSITORY", "plant/envs", "plant/envs"),
    "github_token": ("GITHUB_TOKEN", "ghs_secret", "ghs_secret"),
    "push_token": ("ENVBOT_PUSH_TOKEN", "ghs_other", "ghs_other"),
    "bot_login": ("ENVBOT_LOGIN", "envbot[bot]", "envbot[bot]"),
    "teams_token": ("ENVBOT_TEAMS_TOKEN", "ghs_members", "ghs_members"),
    "webhook_url": ("ENVBOT_WEBHOOK_URL", "https://example.com/x", "https://example.com/x"),
    "github_pause": ("ENVBOT_GITHUB_PAUSE", "0", 0.0),
    "github_write_pause": ("ENVBOT_GITHUB_WRITE_PAUSE", "0.5", 0.5),
    "github_timeout": ("ENVBOT_GITHUB_TIMEOUT", "1.5", 2),
    "azure_timeout": ("ENVBOT_AZURE_TIMEOUT", "1.5", 1.5),
    "backoff": ("ENVBOT_BACKOFF_SECONDS", "0.01", 0.01),
    "rate_limit_pause": ("ENVBOT_RATE_LIMIT_SECONDS", "0.5", 0.5),
    "operation_deadline": ("ENVBOT_OPERATION_SECONDS", "600", 600.0),
    "read_back_deadline": ("ENVBOT_READ_BACK_SECONDS", "30", 30.0),
    "poll": ("ENVBOT_POLL_SECONDS", "0.1", 0.1),
    "comment_pause": ("ENVBOT_COMMENT_SECONDS", "1", 1.0),
    "lease": ("ENVBOT_LEASE_SECONDS", "90", timedelta(seconds=90)),
    "image_deadline": ("ENVBOT_IMAGE_SECONDS", "1.5", 1.5),
    "image_mirror": ("ENVBOT_IMAGE_MIRROR", "https://127.0.0.1:5000/", "https://127.0.0.1:5000"),
    "reports": ("ENVBOT_REPORTS", "[]", "[]"),
    "commands": ("ENVBOT_COMMANDS", "7/11 x/2 8/12", ((7, 11), (8, 12))),
    "answer": ("ENVBOT_ANSWER_SECONDS", "1.5", timedelta(seconds=1.5)),
    "job": ("GITHUB_JOB", "publish", "publish"),
}
NUMBERS = [name for name, (_, _, value) in VALUES.items() if isinstance(value, float | timedelta)]
REQUIRED = ["github_repository", "github_token"]


def test_every_setting_is_tested() -> None:
    found = {name for name, kind in vars(Settings).items() if isinstance(kind, property)}

    assert found == set(VALUES) == {*DEFAULTS, *REQUIRED}


@pytest.mark.parametrize("name", DEFAULTS)
def test_a_variable_that_is_not_set_has_a_default(name: str) -> None:
    assert getattr(Settings({}), name) == DEFAULTS[name]


@pytest.mark.parametrize("name", DEFAULTS)
def test_an_empty_variable_counts_as_not_set(name: str) -> None:
    assert getattr(Settings({VALUES[name][0]: ""}), name) == DEFAULTS[name]


@pytest.mark.parametrize("name", VALUES)
def test_a_variable_is_read(name: str) -> None:
    variable, text, value = VALUES[name]

    assert getattr(Settings({variable: text}), name) == value


@pytest.mark.parametrize("name", REQUIRED)
@pytest.mark.parametrize("empty", [True, False], ids=["empty", "absent"])
def test_a_variable_without_a_default_must_be_set(name: str, empty: bool) -> None:
    variable = VALUES[name][0]

    with pytest.raises(BotError, match=f"The environment variable {variable} is not set"):
        getattr(Settings({variable: ""} if empty else {}), name)


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize(
    ("text", "what"),
    [
        pytest.param("soon", "no number", id="a word"),
        pytest.param("1,5", "no number", id="a comma"),
        pytest.param("-1", "no number of seconds", id="negative"),
        pytest.param("inf", "no number of seconds", id="infinite"),
        pytest.param("nan", "no number of seconds", id="not a number"),
    ],
)
def test_a_bad_number_names_its_variable(name: str, text: str, what: str) -> None:
    variable = VALUES[name][0]

    with pytest.raises(BotError) as raised:
        getattr(Settings({variable: text}), name)

    assert raised.value.what == f"{variable} is `{text}`, which is {what}."


def test_no_lease_lasts_so_long_that_others_think_it_forged() -> None:
    longest = f"{LONGEST.total_seconds():.0f}"

    assert Settings({"ENVBOT_LEASE_SECONDS": longest}).lease == LONGEST
    with pytest.raises(BotError, match=f"ENVBOT_LEASE_SECONDS is more than {longest}"):
        _ = Settings({"ENVBOT_LEASE_SECONDS": f"{longest}.1"}).lease


@pytest.mark.parametrize("name", ["github_api_url", "github_server_url"])
@pytest.mark.parametrize("text", ["api.github.com", "ftp://github.com", "/api/v3"])
def test_a_bad_address_names_its_variable(name: str, text: str) -> None:
    variable = VALUES[name][0]

    with pytest.raises(BotError, match=f"{variable} is `{text}`, which is no address of the web"):
        getattr(Settings({variable: text}), name)


def test_git_uses_the_token_of_the_rest_api_where_it_has_none_of_its_own() -> None:
    assert Settings({"GITHUB_TOKEN": "ghs_secret"}).push_token == "ghs_secret"


def test_a_token_for_git_goes_before_the_one_of_the_rest_api() -> None:
    both = {"GITHUB_TOKEN": "ghs_secret", "ENVBOT_PUSH_TOKEN": "ghs_other"}

    assert Settings(both).push_token == "ghs_other"


def test_settings_do_not_show_the_tokens() -> None:
    assert "ghs_secret" not in repr(Settings({"GITHUB_TOKEN": "ghs_secret"}))


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080/x", "http://localhost", "http://[::1]/x"])
def test_a_webhook_of_this_machine_needs_no_encryption(url: str) -> None:
    assert Settings({"ENVBOT_WEBHOOK_URL": url}).webhook_url == url


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/secret",
        "http://127.0.0.1@example.com/secret",
        "http://127.0.0.1.example.com/secret",
        "ftp://127.0.0.1/secret",
        "https:///secret",
        "secret",
    ],
)
def test_a_webhook_elsewhere_must_be_encrypted_and_is_not_printed(url: str) -> None:
    with pytest.raises(BotError, match="does not begin with https") as caught:
        _ = Settings({"ENVBOT_WEBHOOK_URL": url}).webhook_url

    assert "secret" not in str(caught.value)
