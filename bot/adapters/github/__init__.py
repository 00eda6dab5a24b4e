"""GitHub through PyGithub: pull requests, comments, statuses, permissions."""

from bot.adapters.github.hosting import GitHubHosting
from bot.adapters.github.settings import GitHubSettings

__all__ = ["GitHubHosting", "GitHubSettings"]
