"""What should be written about a new version and is not: its tags, its entry in CHANGELOG.md.

The environment strategy lists the tags under "Required Tags" and asks to "update CHANGELOG.md".
Which of them keep a release from passing the policy says (`required_notes`); the rest is a warning.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise

from bot.core.environment import EnvironmentSpec
from bot.core.environment_layout import FOLDER, SPEC_PATH
from bot.core.finding import Finding, Impact, Verdict
from bot.core.tree import File, Tree

CHANGELOG = "CHANGELOG.md"

OMISSIONS: Mapping[str, str] = {
    "change_summary_missing": (
        "the tag `change_summary` is missing, empty, or the one of the version before; a warning, "
        "unless `required_notes` in the policy names it."
    ),
    "breaking_changes_missing": (
        "the change is breaking and the tag `breaking_changes` is missing or empty; a warning, "
        "unless `required_notes` in the policy names it."
    ),
    "changelog_entry_missing": (
        "no heading of CHANGELOG.md names the new version; a warning, unless `required_notes` in "
        "the policy names `changelog`."
    ),
}
"""What can be found to be missing, by id."""

_CHANGELOGS = (CHANGELOG, f"{FOLDER}/{CHANGELOG}")
_HASHED = r" {0,3}#{1,6}[ \t]+(.*)"
_UNDERLINE = r" {0,3}(?:=+|-+)\s*"


def tag_omissions(
    verdict: Verdict,
    before: EnvironmentSpec | None,
    after: EnvironmentSpec,
    required: Collection[str],
) -> Iterator[Finding]:
    """Yield the tags that a person should have written about this change and has not.

    What the bot writes itself when it registers the candidate is not asked for.
    """
    if verdict.verdict == "none":
        return
    summary = after.tags.get("change_summary", "").strip()
    stale = before is not None and summary == before.tags.get("change_summary", "").strip()
    if not summary or stale:
        how = f"still says what it said of {before.version}" if summary and before else "is missing"
        message = f"tag change_summary {how}: say what this version changes"
        yield _tag("change_summary", message, after, required)
    if verdict.verdict == "breaking" and not after.tags.get("breaking_changes", "").strip():
        message = "tag breaking_changes is missing: say what breaks, and for whom"
        yield _tag("breaking_changes", message, after, required)


def changelog_omission(
    before: EnvironmentSpec | None,
    after: EnvironmentSpec,
    head: Tree,
    required: Collection[str],
) -> Iterator[Finding]:
    """Yield the finding that no changelog has a heading for the new version.

    Where there is no changelog at all, only a policy that requires one misses it.
    """
    blocks = "changelog" in required
    logs = [head[path] for path in _CHANGELOGS if path in head]
    if before is None or before.version == after.version or not (logs or blocks):
        return
    if any(_has_entry(log, after.version) for log in logs):
        return
    path = logs[0].path if logs else CHANGELOG
    line = _first_heading(logs[0]) if logs else 1
    what = f"has no heading for {after.version}" if logs else "does not exist"
    message = f"{path} {what}: add `## [{after.version}]` and what changed"
    yield _finding("changelog_entry_missing", path, line, message, blocks=blocks)


def _tag(tag: str, message: str, spec: EnvironmentSpec, required: Collection[str]) -> Finding:
    line = spec.lines.get(f"tags.{tag}", spec.lines.get("tags", 1))
    return _finding(f"{tag}_missing", SPEC_PATH, line, message, blocks=tag in required)


def _finding(rule: str, path: str, line: int, message: str, *, blocks: bool) -> Finding:
    return Finding(rule, Impact.NONE, path, line, message, blocks=blocks, warns=True)


def _has_entry(log: File, version: str) -> bool:
    """Tell whether a heading names this version, and not 1.5.10 or 1.5.1-rc.1 for 1.5.1."""
    named = re.compile(
        rf"(?<![0-9A-Za-z.])v?{re.escape(version)}(?![0-9]|[.][0-9]|[-+][0-9A-Za-z])"
    )
    return any(named.search(text) for _, text in _headings(log))


def _first_heading(log: File) -> int:
    """Return the line of the newest entry, above which the missing one belongs."""
    return next((line for line, text in _headings(log) if re.search(r"[0-9]+\.[0-9]+", text)), 1)


def _headings(log: File) -> Iterator[tuple[int, str]]:
    """Yield line and text of each heading, `# of this sort` or underlined; none inside fences."""
    lines = log.data.decode("utf-8", "replace").splitlines()
    fenced = False
    for number, (line, below) in enumerate(pairwise([*lines, ""]), 1):
        fenced ^= line.lstrip().startswith(("```", "~~~"))
        hashed = re.match(_HASHED, line)
        if not fenced and hashed:
            yield number, hashed[1]
        elif not fenced and line.strip() and re.fullmatch(_UNDERLINE, below):
            yield number, line
