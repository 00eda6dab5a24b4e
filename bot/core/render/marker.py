"""The hidden first line by which the bot finds its own comments again.

A marker is forgeable; the bot reads only comments whose author it is itself.
"""

SUMMARY = "<!-- envbot:v1 kind=summary -->"
APPLY = "<!-- envbot:v1 kind=apply -->"


def reply(comment_id: int) -> str:
    """Return the marker of the one reply to a command comment."""
    return f"<!-- envbot:v1 kind=reply comment={comment_id} -->"


def marked(marker: str, body: str) -> str:
    """Return the comment body that begins with its marker."""
    return f"{marker}\n{body}"
