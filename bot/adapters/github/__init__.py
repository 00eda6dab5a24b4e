"""GitHub through PyGithub: pull requests, comments, statuses, permissions."""

from bot.adapters.github.hosting import GitHubHosting, GitHubSettings

__all__ = ["GitHubHosting", "GitHubSettings"]
