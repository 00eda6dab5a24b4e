"""Rollbacks for people: the pull request, the reply, and what to look at once it is applied."""

from collections.abc import Iterable, Mapping

from bot.core.config.circuit import CircuitId
from bot.core.production.action import Action, ActionKind
from bot.core.production.apply_report import ApplyReport, OutcomeKind
from bot.core.production.rolled_back import returned_before
from bot.core.render.markdown import bullets, code, document, plural
from bot.core.rollback_edit import RollbackEdit
from bot.core.untrusted import inline, plain

_NAMED = 20
_PIN = "To go back to an earlier one, name it as `deployment.model_version` in a pull request"
_TITLE = 100  # characters; a tag in Azure takes 256
# Commands to GitHub in a title would end up in the message of the merge, `[skip ci]` for one.
_HARMLESS = str.maketrans("[]", "()")


def pull_title(number: int, text: str) -> str:
    """Return the title of the pull request that takes #`number` back; `text` is untrusted."""
    return f"Roll back #{number}: {plain(text, _TITLE)}".translate(_HARMLESS)


def commit_message(number: int, edit: RollbackEdit, *, environment: bool) -> str:
    """Return the message of its one commit; nothing that somebody typed stands in it."""
    what = [f"{plural(len(edit.returned), 'circuit')} as before that merge"] * bool(edit.returned)
    what += ["environment/ as before it"] * environment
    return f"Roll back #{number}\n\nMade by envbot: {', '.join(what)}.\n"


def pull_body(number: int, asked_by: str, reason: str, edit: RollbackEdit) -> str:
    """Return the text of the pull request; `reason` is untrusted and may be empty."""
    why = f"\n\nReason: {inline(reason, 300)}" if reason else ""
    return document(
        (
            f"`{asked_by}` asked for this on #{number}.{why}",
            _scope(edit),
            (
                "The summary below says what returns and what has moved on since. "
                "Merging this makes production what main asks for then."
            ),
        )
    )


def opened_markdown(
    number: int, taken: int, edit: RollbackEdit, *, within: str, not_rollback: str = ""
) -> str:
    """Return the reply to `/rollback`: which pull request it opened, and what comes next.

    Args:
        number: the pull request that was opened.
        taken: the one that it takes back.
        edit: what it does.
        within: how long its gate stays open, such as `60m`.
        not_rollback: why it passes the gates of a release; empty for a rollback.
    """
    after = f"Somebody else approves #{number} within {within}; then merge it."
    if not_rollback:
        after = f"It is no rollback ({not_rollback}), and passes the gates of a release."
    return document((f"### ↩️ #{number} takes #{taken} back", _scope(edit), f"**Next:** {after}"))


def already_open_markdown(number: int, taken: int, *, not_rollback: str = "") -> str:
    """Return the reply to a `/rollback` that was given before.

    Any writer may have pushed to that branch since, or have opened one of that name.
    """
    if not not_rollback:
        note = "It is open already; nothing was changed."
        return document((f"### ↩️ #{number} takes #{taken} back", note))
    return document(
        (
            f"### ↩️ #{number} was opened to take #{taken} back",
            (
                f"It is open already. As it is now it is no rollback ({not_rollback}), "
                "and passes the gates of a release. Nothing was changed."
            ),
            (
                f"**Next:** look at what #{number} changes. If somebody has changed it, close it, "
                "delete its branch, and comment `/rollback` again."
            ),
        )
    )


def _scope(edit: RollbackEdit) -> str:
    lines = [f"{plural(len(edit.returned), 'circuit')} return{'s' * (len(edit.returned) == 1)}"]
    if edit.named:
        named = _models(edit.named)
        lines.append(f"with the model that ran before, as the apply wrote down: {named}")
    if edit.kept:
        lines.append(
            f"the model stays, because main named none before: {_models(edit.kept)}. {_PIN}"
        )
    if edit.left:
        lines.append(f"left as they are, because they have moved on: {_circuits(edit.left)}")
    if edit.others:
        lines.append(f"not taken back: {_paths(edit.others)}")
    return bullets(lines)


def _models(models: Mapping[CircuitId, str]) -> str:
    return _some(
        [f"{circuit} model {inline(version)}" for circuit, version in sorted(models.items())]
    )


def _circuits(circuits: Iterable[CircuitId]) -> str:
    return _some([str(circuit) for circuit in circuits])


def _paths(paths: Iterable[str]) -> str:
    return _some([inline(path) for path in paths])


def _some(names: list[str]) -> str:
    left = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {left:,} more" if left > 0 else "")


def after_rollback(report: ApplyReport) -> str:
    """Return the environment strategy's checklist for after a rollback; empty for other applies.

    What envbot has read is ticked; the rest stays open for people. What an earlier run of the same
    rollback has returned counts as well.
    """
    before = returned_before(report.plan, report.pulls)
    if not report.rolled_back and not before:
        return ""
    return "### After the rollback\n\n" + "\n".join(
        [
            _verified(report, len(before)),
            f"- [ ] Run a test batch inference, such as {_trial(report, before)}",
            "- [ ] Check the alert rules: there should be fewer alerts",
            "- [ ] Watch production for an hour",
            "- [ ] Write down the root cause, and what prevents it from happening again",
        ]
    )


def _verified(report: ApplyReport, before: int) -> str:
    """Return the item that envbot can tell: each write was read back before it was done.

    So many that were written `before` have just been read again, to make the plan.
    """
    counts = report.plan.counts
    kinds = (ActionKind.REFUSED, ActionKind.UNAPPROVED, ActionKind.DRIFTED)
    held = sum(counts[kind] for kind in kinds)
    done, total = report.counts[OutcomeKind.DONE] + before, len(report.outcomes) + held + before
    tick = "x" if report.converged and not held else " "
    return f"- [{tick}] All run their earlier environment: {done:,} of {total:,} were read back"


def _trial(report: ApplyReport, before: Iterable[Action]) -> str:
    """Return the command that runs one of the deployments that went back."""
    done, rest = report.of_kind(OutcomeKind.DONE), report.outcomes
    actions = [one.action for one in (*done, *rest) if one.action.circuit in report.rolled_back]
    action = next(iter((*actions, *before)), None)
    if action is None:
        return "of one that went back"
    return code(
        f"az ml batch-endpoint invoke --name {action.endpoint} "
        f"--deployment-name {action.deployment} --input DATA"
    )
