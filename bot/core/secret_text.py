"""Secrets in text, by their known forms.

Only forms that cannot be mistaken are listed: a digest, an id or a picture must not be taken for
a secret, since a hit refuses somebody's evidence.
"""

import re
from typing import NamedTuple

# Bounded repetition throughout: hostile text costs linear time.
_FORMS = {
    "signature of a shared access link": r"(?<=[?&;]sig=)[A-Za-z0-9%+/=_-]{20,200}",
    "account key": r"(?i:(?<=AccountKey=)|(?<=AccessKey=))[A-Za-z0-9+/=]{20,200}",
    "storage account key": r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{86}==",
    "token (JWT)": r"\beyJ[A-Za-z0-9_-]{8,4000}\.eyJ[A-Za-z0-9_-]{8,8000}\.[A-Za-z0-9_-]{8,2000}",
    "GitHub token": r"\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{40,255})",
    "Entra client secret": r"(?<![A-Za-z0-9_~.-])[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}",
    "OpenAI key": r"\bsk-(?:proj|svcacct|ant)-[A-Za-z0-9_-]{20,300}",
    "Databricks token": r"\bdapi[0-9a-f]{32}(?:-[0-9])?\b",
    "Hugging Face token": r"\bhf_[A-Za-z0-9]{30,60}\b",
    "AWS access key": r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
    "private key": r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----",
    "bearer token": r"(?i:(?<=bearer ))[A-Za-z0-9._~+/=-]{20,8000}",
    "password in an address": r"(?<=://)[^\s/:@]{1,100}:[^\s/:@]{3,200}(?=@)",
}
_NAMED = (
    r"(?i:(?<![A-Za-z0-9])(?:password|passwd|pwd|client_?secret|api_?key|secret_?key|access_?token"
    r"|account_?key|sas_?token)\b)[\"']?\s{0,3}[:=]\s{0,3}[\"']?"
    r"(?P<value>[A-Za-z0-9!$%&*+,./:;=?@^_~-]{8,200})"
)
# Compiled by `re` when first used, and kept there: most commands show no text of others.
_PATTERN = "|".join(f"(?P<k{i}>{form})" for i, form in enumerate(_FORMS.values()))
_NAMES = tuple(_FORMS)
_HARMLESS = r"[*.•x]+|(?i:none|null|redacted|hidden|masked)\b.*|os\.environ.*|\$.*"


class Secret(NamedTuple):
    """Where in a text a secret stands (start and end offsets), and of what kind it seems."""

    kind: str
    start: int
    end: int


def find_secrets(text: str) -> tuple[Secret, ...]:
    """Return the secrets of unmistakable form, in the order of the text."""
    return tuple(
        Secret(_NAMES[int(str(found.lastgroup)[1:])], found.start(), found.end())
        for found in re.finditer(_PATTERN, text)
    )


def find_named_values(text: str) -> tuple[Secret, ...]:
    """Return values printed behind a name such as `password:`.

    For outputs only: in a program `password=read_it()` is no secret.
    """
    return tuple(
        Secret("value named as a secret", found.start("value"), found.end("value"))
        for found in re.finditer(_NAMED, text)
        if not re.fullmatch(_HARMLESS, found["value"])
    )


def redact(text: str) -> str:
    """Return `text` with every secret replaced by a note of its kind."""
    found = sorted({*find_secrets(text), *find_named_values(text)}, key=lambda s: (s.start, -s.end))
    parts, position = [], 0
    for secret in found:
        if secret.start >= position:
            parts += [text[position : secret.start], f"[hidden: {secret.kind}]"]
        position = max(position, secret.end)
    return "".join([*parts, text[position:]])
