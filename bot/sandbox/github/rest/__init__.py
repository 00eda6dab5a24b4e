"""GitHub's REST API under /api/v3: the operations the bot uses, and no other."""
