"""Chapter 5: `git revert` is the rollback."""

from bot.sandbox.demo.inspection import Snapshot, differing, versions
from bot.sandbox.demo.release import CIRCUITS
from bot.sandbox.demo.stage import Stage

_SAID = {"rolled_back_at", "rolled_back_by", "rollback_reason"}


def roll_back(stage: Stage, merge: str, before: Snapshot) -> None:
    """Revert the merge; the bot recognises it; its merge puts everything back."""
    ada, say = stage.person("ada"), stage.say
    ada.begin_branch("revert-logging")
    ada.revert(merge)
    pull = ada.open_pull("Revert: Improve logging of predictions", "Alerts rise; back to 1.5.0.")
    say.act("ada", f"opens #{pull.number} with git revert -m 1 {merge[:7]}")
    stage.settle()
    stage.tell_new(pull.number)
    recognised = "Rollback to" in stage.summary(pull.number)
    say.check("the bot recognises the rollback", holds=recognised)

    say.act("lise", "approves")
    stage.person("lise").approve(pull.number)
    stage.settle()
    state, description = stage.release_status(pull.number)
    say.check(f"one approval opens the gate: {description}", holds=state == "success")

    commit = stage.person("lise").merge(pull.number)
    say.act("lise", f"merges #{pull.number} as {commit[:7]}")
    stage.settle()
    stage.tell_new(pull.number)
    after = stage.azure.deployments()
    say.check(
        f"{CIRCUITS} deployments run 1.5.0 again", holds=versions(after) == {"1.5.0": CIRCUITS}
    )
    _check_only_our_tags_differ(stage, before, after)


def _check_only_our_tags_differ(stage: Stage, before: Snapshot, after: Snapshot) -> None:
    differ = differing(before, after)
    said = [not _SAID - fields["tags"].keys() for fields in after.values()]
    stage.say.check("only envbot's own tags differ from before the release", holds=not differ)
    stage.say.check("they say who rolled back, when and why", holds=all(said))
