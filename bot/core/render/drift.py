"""Drift for people and machines: what differs, since when, and what can be done about it."""

import json
import shlex
from collections.abc import Iterable, Sequence
from datetime import UTC
from typing import NamedTuple

from bot.core.asset_id import label, loadable
from bot.core.production.action import Action
from bot.core.production.deployment import LastWrite
from bot.core.production.drift_report import Changed, Difference, DriftReport
from bot.core.render.markdown import block, bullets, details, document, plural, table
from bot.core.render.plan import UNMANAGED_NEXT
from bot.core.untrusted import inline, plain, prose

FORMAT = 1
# More rows than this tell a reader nothing; `envbot drift` lists all.
_ROWS = 50
_COMMANDS = 20
_ORPHANS = "envbot deletes nothing: delete what nobody needs any more, or add its config."

_UNMANAGED = f"envbot cannot move it: {UNMANAGED_NEXT}."


class Place(NamedTuple):
    """The workspace that production is in."""

    group: str
    workspace: str


def drift_report(report: DriftReport, place: Place, shape: str) -> str:
    """Return the drift as `text`, `markdown` or `json`."""
    if shape == "json":
        return json.dumps(_content(report), indent=2) + "\n"
    return drift_markdown(report, place) if shape == "markdown" else _text(report)


def drift_title(report: DriftReport) -> str:
    """Return the title of the issue that shows the drift."""
    return f"Drift: {_found(report)}" if report.found else "Drift: none"


def issue_markdown(report: DriftReport, place: Place) -> str:
    """Return the body of the issue, which says at the end that it is closed."""
    shown = drift_markdown(report, place)
    return shown if report.found else f"{shown}\n{_LAST_WORD}\n"


def drift_markdown(report: DriftReport, place: Place) -> str:
    """Return the drift; equal drift gives equal bytes, whenever it is looked for."""
    if not report.found:
        return document((f"## 🟢 {_agreed(report)}", _rest(report), _unmanaged(report)))
    return document(
        (
            "## 🟡 Production is not what main asks for",
            f"**{_found(report)}** — {_rest(report)}",
            *_changed_sections(report, place),
            _section("Missing in Azure", _names(report.missing)),
            _section("Without a config", _names(report.orphans, _ORPHANS)),
            _section("Environments that are gone", _lost(report)),
            _unmanaged(report),
            "More: [drift](docs/operations.md#drift).",
        )
    )


def _agreed(report: DriftReport) -> str:
    if report.to_come:
        return "No drift; main is not applied everywhere"
    if report.unmanaged:
        return "No drift; what is not managed is not as main asks"
    return "Production and main agree"


_LAST_WORD = (
    "What was found here is gone, so envbot closed this issue. It opens it again when something "
    "is found."
)


def _found(report: DriftReport) -> str:
    counts = (
        (len(report.changed), f"{len(report.changed):,} changed outside of git"),
        (len(report.missing), f"{len(report.missing):,} missing in Azure"),
        (len(report.orphans), f"{len(report.orphans):,} without a config"),
        (len(report.lost), f"{plural(len(report.lost), 'environment version')} gone"),
    )
    return " · ".join(text for count, text in counts if count)


def _rest(report: DriftReport) -> str:
    counts = (
        (len(report.unmanaged), "not managed"),
        (report.to_come, "to be applied or held back"),
    )
    rest = "".join(f" · {count:,} {what}" for count, what in counts if count)
    return f"{report.unchanged:,} unchanged{rest}"


def _unmanaged(report: DriftReport) -> str:
    return _section("Not managed", _names(report.unmanaged, _UNMANAGED))


def _section(title: str, body: str) -> str:
    return f"### {title}\n\n{body}" if body else ""


def _cut(rows: Iterable[Sequence[str]]) -> list[Sequence[str]]:
    shown = list(rows)
    if len(shown) <= _ROWS:
        return shown
    blank = [""] * (len(shown[0]) - 1)
    return [*shown[:_ROWS], (f"… {len(shown) - _ROWS:,} more: `envbot drift`", *blank)]


def _changed_sections(report: DriftReport, place: Place) -> Iterable[str]:
    if not report.changed:
        return
    rows = [
        (inline(one.circuit), *_fields(difference), _written(one.last_write), inline(one.why))
        for one in report.changed
        for difference in one.differences
    ]
    header = ("Circuit", "Field", "main asks for", "Azure has", "Last write", "Why it is drift")
    yield _section("Changed outside of git", table(header, _cut(rows)))
    yield bullets(_remedies(report))
    commands = "\n".join(_command(one, place) for one in report.changed[:_COMMANDS])
    yield details("Commands that return them to what main asks for", block(commands, "sh"))


def _fields(difference: Difference) -> tuple[str, str, str]:
    git, live = _values(difference)
    return difference.field, inline(git), inline(live)


def _values(difference: Difference) -> tuple[str, str]:
    """Return both values as people write them; whole ids where those would read alike."""
    git, live = label(difference.git), label(difference.live)
    return (git, live) if git != live else (difference.git or git, difference.live or live)


def _remedies(report: DriftReport) -> Iterable[str]:
    yield (
        "**It shall stay:** open a pull request that makes the circuit's config say what runs, and "
        "merge it."
    )
    yield (
        "**It shall go:** set it back in the portal or by the command below. envbot does not "
        "touch a circuit that it finds as `main` asks."
    )
    if report.is_enforced:
        yield "`config/policy.yml` says `drift: enforce`: **the next apply overwrites these.**"
    else:
        yield "envbot leaves them alone, also when main moves on, until `main` and Azure agree."


def _written(write: LastWrite | None) -> str:
    return f"{inline(write.by)}, {_moment(write)}" if write else "unknown"


def _moment(write: LastWrite) -> str:
    return write.at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def _command(one: Changed, place: Place) -> str:
    """Return the command that sets a deployment back; of what it does not name nothing changes."""
    settings = [
        part
        for difference in one.differences
        if difference.git
        for part in ("--set", f"{difference.field}={loadable(difference.git)}")
    ]
    words = [
        *("az", "ml", "batch-deployment", "update"),
        *("--resource-group", place.group, "--workspace-name", place.workspace),
        *("--endpoint-name", one.endpoint, "--name", one.deployment),
        *settings,
    ]
    return shlex.join(words)


def _names(actions: Sequence[Action], remedy: str = "") -> str:
    if not actions:
        return ""
    rows = [(inline(_name(one)), inline(_deployment(one)), prose(one.reason)) for one in actions]
    return "\n\n".join(filter(None, (table(("Circuit", "Deployment", "Why"), _cut(rows)), remedy)))


def _name(action: Action) -> str:
    return str(action.circuit) if action.circuit else "none"


def _deployment(action: Action) -> str:
    return f"{action.endpoint}/{action.deployment}"


def _lost(report: DriftReport) -> str:
    if not report.lost:
        return ""
    rows = [(inline(one.label), one.state, plural(one.circuits, "circuit")) for one in report.lost]
    return table(("Environment", "State", "Run by"), _cut(rows))


def _text(report: DriftReport) -> str:
    lines = [
        f"  ! {one.circuit}  {difference.field}: main asks for {git}, Azure has {live}"
        f"  ({plain(one.why)}; last write: {_plainly_written(one.last_write)})"
        for one in report.changed
        for difference in one.differences
        for git, live in [_values(difference)]
    ]
    lines += [f"  ! {_name(one)}  missing in Azure: {one.reason}" for one in report.missing]
    lines += [f"  ! {_deployment(one)}  without a config" for one in report.orphans]
    lines += [
        f"  ! {one.label}  environment {one.state}, run by {plural(one.circuits, 'circuit')}"
        for one in report.lost
    ]
    lines += [f"  ! {_name(one)}  not managed: {one.reason}" for one in report.unmanaged]
    return "\n".join([*lines, f"{_found(report) or 'No drift'}; {_rest(report)}."]) + "\n"


def _plainly_written(write: LastWrite | None) -> str:
    return f"{plain(write.by)}, {_moment(write)}" if write else "unknown"


def _content(report: DriftReport) -> dict[str, object]:
    return {
        "format": FORMAT,
        "drift": report.found,
        "enforced": report.is_enforced,
        "unchanged": report.unchanged,
        "to_come": report.to_come,
        "changed": [_change(one) for one in report.changed],
        "missing": [_other(one) for one in report.missing],
        "orphans": [_other(one) for one in report.orphans],
        "unmanaged": [_other(one) for one in report.unmanaged],
        "environments": [one._asdict() for one in report.lost],
    }


def _change(one: Changed) -> dict[str, object]:
    write = one.last_write
    return {
        "circuit": one.circuit,
        "endpoint": one.endpoint,
        "deployment": one.deployment,
        "fields": [difference._asdict() for difference in one.differences],
        "why": one.why,
        "written_by": write.by if write else None,
        "written_by_person": write.by_person if write else None,
        "written_at": write.at.isoformat() if write else None,
    }


def _other(action: Action) -> dict[str, str]:
    return {
        "circuit": str(action.circuit or ""),
        "endpoint": action.endpoint,
        "deployment": action.deployment,
        "why": action.reason,
    }
