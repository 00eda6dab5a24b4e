"""Builds the adapters from the settings; what is heavy is imported when it is first needed."""

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from bot.adapters.git import GitRepository
from bot.errors import BotError
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.adapters.actions import Actions
    from bot.adapters.github import GitHubSettings
    from bot.core.config.platform import Platform
    from bot.core.production.fleet_status import FleetStatus
    from bot.handlers.context import Context
    from bot.handlers.ports import Cloud, Hosting, Teams


def settings() -> Settings:
    """Return the settings of this process."""
    return Settings(os.environ)


def local_repository(root: Path) -> GitRepository:
    """Return the repository at `root` without any token: it is only read."""
    return GitRepository.at(root)


def event_context(found: Settings, actions: "Actions", *, with_cloud: bool) -> "Context":
    """Return the context of a run of Actions, its rules those of main as it is at `origin` now."""
    repository = GitRepository.at(
        found.repository_root, token=found.push_token, server=found.github_server_url
    )
    return _context(found, repository, actions, with_cloud=with_cloud)


def read_fleet(found: Settings) -> "FleetStatus":
    """Return the fleet as it is now; that takes git and Azure, and of GitHub nothing but its git.

    Raises:
        InvalidFileError: platform, policy or a config on main cannot be used.
        BotError: Azure or `origin` cannot be asked.
    """
    from bot.adapters.clock import SystemClock
    from bot.handlers.context import read_rules
    from bot.handlers.fleet import read_fleet_status

    repository = GitRepository.at(
        found.repository_root, token=found.push_token, server=found.github_server_url
    )
    rules = read_rules(repository, repository.fetch_branch(found.main_branch))
    return read_fleet_status(repository, rules, cloud(found, rules.platform), SystemClock())


def _context(
    found: Settings, repository: GitRepository, actions: "Actions", *, with_cloud: bool
) -> "Context":
    from bot.adapters.clock import SystemClock
    from bot.adapters.image_registry import ImageRegistry
    from bot.adapters.process import has_ended, this_process
    from bot.adapters.terminal import TerminalReporter
    from bot.adapters.webhook import Webhook
    from bot.handlers.context import Context, Patience, read_rules, tell_nobody

    teams = teams_of(found)
    rules = read_rules(repository, repository.fetch_branch(found.main_branch), teams)
    return Context(
        repository=repository,
        hosting=hosting(found),
        clock=SystemClock(),
        reporter=TerminalReporter(),
        rules=rules,
        patience=Patience(
            found.poll, found.comment_pause, found.image_deadline, found.lease, found.answer
        ),
        run_url=actions.run_url(),
        process=this_process(),
        process_is_over=has_ended,
        documents=f"{found.github_server_url}{found.github_repository}/blob/{found.main_branch}/",
        main_branch=found.main_branch,
        keep=actions.keep,
        images=ImageRegistry(found.image_mirror),
        reports=found.reports,
        commands=found.commands,
        connect=cache(lambda: cloud(found, rules.platform)) if with_cloud else None,
        teams=teams,
        notify=Webhook(found.webhook_url) if found.webhook_url else tell_nobody,
    )


def teams_of(found: Settings) -> "Teams | None":
    """Return who can tell the members of teams; None without a token that may."""
    if found.teams_token is None:
        return None
    from bot.adapters.github.teams import GitHubTeams

    return GitHubTeams(_github_settings(found, found.teams_token))


def hosting(found: Settings) -> "Hosting":
    """Return GitHub."""
    from bot.adapters.github import GitHubHosting

    return GitHubHosting(_github_settings(found, found.github_token))


def _github_settings(found: Settings, token: str) -> "GitHubSettings":
    from bot.adapters.github import GitHubSettings

    return GitHubSettings(
        api_url=found.github_api_url,
        repository=found.github_repository,
        token=token,
        login=found.bot_login,
        pause=found.github_pause,
        pause_between_writes=found.github_write_pause,
        timeout=found.github_timeout,
        backoff=found.backoff,
        secondary_rate_wait=found.rate_limit_pause,
    )


def cloud(found: Settings, platform: "Platform") -> "Cloud":
    """Return Azure Machine Learning.

    Raises:
        BotError: the SDK is not installed, or Azure's own description cannot be read.
    """
    from bot.adapters.azure_metadata import require_metadata

    require_metadata(found.environment)
    try:
        from bot.adapters.azureml import AzureCloud, AzureSettings
    except ModuleNotFoundError as error:
        raise BotError(f"The Azure SDK is not installed ({error.name} is missing).") from error
    patience = AzureSettings(
        connect_timeout=min(found.azure_timeout, 10.0),
        read_timeout=found.azure_timeout,
        backoff=found.backoff,
        poll_interval=min(found.poll, 5.0),
        operation_deadline=found.operation_deadline,
        read_back_deadline=found.read_back_deadline,
        read_back_interval=min(found.read_back_deadline / 60, 2.0),
    )
    return AzureCloud(platform, patience)
