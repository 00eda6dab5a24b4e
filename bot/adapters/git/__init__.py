"""Real git by its plumbing: reads objects, writes commits, moves refs; never touches a work tree."""

from bot.adapters.git.repository import GitRepository

__all__ = ["GitRepository"]
