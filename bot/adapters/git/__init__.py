"""Real git by its plumbing: reads objects, writes commits, moves refs; no work tree is touched."""

from bot.adapters.git.repository import GitRepository

__all__ = ["GitRepository"]
