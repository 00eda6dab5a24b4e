"""The hidden first line by which the bot finds its own comments again.

A marker is forgeable; the bot reads only comments whose author it is itself.
"""

SUMMARY = "<!-- envbot:v1 kind=summary -->"
IMAGE = "<!-- envbot:v1 kind=image -->"
APPLY = "<!-- envbot:v1 kind=apply -->"
DRIFT = "<!-- envbot:v1 kind=drift -->"


def reply(comment_id: int) -> str:
    """Return the marker of the one reply to a command comment."""
    return f"<!-- envbot:v1 kind=reply comment={comment_id} -->"


def marked(marker: str, body: str, documents: str = "") -> str:
    """Return the comment body that begins with its marker, linked to `documents`."""
    return f"{marker}\n{linked(body, documents)}"


def linked(body: str, documents: str) -> str:
    """Return Markdown whose links to `docs/` lead below the address `documents`.

    Outside the repository's own files GitHub resolves a relative link against the page it is on.
    """
    return body.replace("](docs/", f"]({documents}docs/")
