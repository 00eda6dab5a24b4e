"""The adapters are built from the settings, and the rules come from main at `origin`."""

import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from bot import wiring
from bot.adapters.actions import Actions
from bot.adapters.github import GitHubHosting
from bot.core.config.platform import read_platform
from bot.errors import BotError, InvalidFileError
from bot.handlers.context import Patience
from bot.settings import Settings


def _git(root: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(root), *arguments], check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def _commit(root: Path, message: str) -> str:
    _git(root, "add", "--all")
    _git(root, "commit", "--quiet", "--message", message)
    return _git(root, "rev-parse", "HEAD")


@pytest.fixture
def clone(tmp_path: Path, checkout: Path) -> Path:
    """Return a clone of a repository whose `main` and `trunk` hold the sample's rules."""
    origin, root = tmp_path / "origin.git", tmp_path / "clone"
    subprocess.run(
        ["git", "init", "--quiet", "--bare", "--initial-branch=main", str(origin)], check=True
    )
    subprocess.run(
        ["git", "clone", "--quiet", str(origin), str(root)], check=True, capture_output=True
    )
    (root / "config").mkdir()
    for name in ("platform.yml", "policy.yml"):
        shutil.copy(checkout / "config" / name, root / "config" / name)
    _git(root, "checkout", "--quiet", "-B", "main")
    _commit(root, "Begin")
    _git(root, "push", "--quiet", "origin", "main", "main:trunk")
    return root


def _settings(clone: Path, **more: str) -> Settings:
    environment = {
        "GITHUB_WORKSPACE": str(clone),
        "GITHUB_REPOSITORY": "plant/envs",
        "GITHUB_TOKEN": "ghs_secret",
        "GITHUB_API_URL": "http://127.0.0.1:9",
        "GITHUB_SERVER_URL": "http://127.0.0.1:9",
    }
    return Settings({**environment, **more})


def _actions(found: Settings) -> Actions:
    return Actions({**found.environment, "GITHUB_RUN_ID": "7"})


def test_the_settings_are_those_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENVBOT_MAIN_BRANCH", "trunk")

    assert wiring.settings().main_branch == "trunk"


def test_a_run_takes_its_rules_from_origin_whatever_is_checked_out(clone: Path) -> None:
    first = _git(clone, "rev-parse", "HEAD")
    (clone / "config" / "platform.yml").write_text("nothing: here\n")
    _commit(clone, "Change the rules without asking")
    found = _settings(clone)

    context = wiring.event_context(found, _actions(found), with_cloud=False)

    assert context.rules.main == first
    assert context.rules.platform.registry == "amlregcc01"


def test_a_run_follows_the_branch_that_is_the_truth(clone: Path) -> None:
    (clone / "README.md").write_text("more\n")
    ahead = _commit(clone, "Go on")
    _git(clone, "push", "--quiet", "origin", "HEAD:trunk")
    found = _settings(clone, ENVBOT_MAIN_BRANCH="trunk")

    context = wiring.event_context(found, _actions(found), with_cloud=False)

    assert (context.rules.main, context.main_branch) == (ahead, "trunk")


def test_a_run_has_the_patience_and_the_names_that_it_was_given(clone: Path) -> None:
    found = _settings(
        clone,
        ENVBOT_POLL_SECONDS="1",
        ENVBOT_COMMENT_SECONDS="2",
        ENVBOT_LEASE_SECONDS="3",
        ENVBOT_IMAGE_SECONDS="4",
        ENVBOT_LOGIN="envbot[bot]",
    )

    context = wiring.event_context(found, _actions(found), with_cloud=False)

    assert context.patience == Patience(1.0, 2.0, 4.0, timedelta(seconds=3))
    assert context.hosting.login == "envbot[bot]"
    assert context.run_url == "http://127.0.0.1:9/plant/envs/actions/runs/7"


def test_a_run_keeps_files_in_its_workspace(clone: Path) -> None:
    found = _settings(clone)
    context = wiring.event_context(found, _actions(found), with_cloud=False)

    context.keep("apply.json", b"{}")

    assert (clone / "artifacts" / "apply.json").read_bytes() == b"{}"


def test_a_run_without_an_identity_has_no_cloud(clone: Path) -> None:
    found = _settings(clone)
    context = wiring.event_context(found, _actions(found), with_cloud=False)

    with pytest.raises(BotError, match="holds no Azure identity"):
        context.need_cloud()


def test_a_run_without_rules_on_main_is_refused(clone: Path) -> None:
    _git(clone, "rm", "--quiet", "config/policy.yml")
    _commit(clone, "Remove the policy")
    _git(clone, "push", "--quiet", "origin", "main")
    found = _settings(clone)

    with pytest.raises(InvalidFileError, match=r"config/policy\.yml: does not exist"):
        wiring.event_context(found, _actions(found), with_cloud=False)


def test_the_adapter_of_github_is_paced_as_set(clone: Path) -> None:
    found = _settings(clone, ENVBOT_GITHUB_PAUSE="0.5", ENVBOT_GITHUB_WRITE_PAUSE="2")

    hosting = wiring.hosting(found)

    assert isinstance(hosting, GitHubHosting)
    settings = hosting._settings
    assert (settings.api_url, settings.repository) == ("http://127.0.0.1:9", "plant/envs")
    assert (settings.pause, settings.pause_between_writes) == (0.5, 2.0)


def test_a_missing_token_is_named(clone: Path) -> None:
    with pytest.raises(BotError, match="GITHUB_TOKEN is not set"):
        wiring.hosting(_settings(clone, GITHUB_TOKEN=""))


def test_without_the_azure_sdk_there_is_no_cloud(
    clone: Path, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform = read_platform((checkout / "config" / "platform.yml").read_bytes())
    # Python's own way to say that a module cannot be found.
    monkeypatch.setitem(sys.modules, "bot.adapters.azureml", None)

    with pytest.raises(BotError, match="The Azure SDK is not installed"):
        wiring.cloud(_settings(clone), platform)
