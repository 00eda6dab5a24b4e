"""Archives the candidates of pull requests that are closed (D8)."""

from bot.core.environment import RegisteredEnvironment
from bot.core.leftovers import leftovers, pull_of
from bot.core.pull_request import StatusState
from bot.errors import BotError
from bot.handlers.context import Context
from bot.handlers.ports import Cloud
from bot.handlers.progress import CANDIDATE
from bot.handlers.publish import set_status

_HOUR_OF_THE_DAY = 3  # UTC


def leftovers_may_be(context: Context, event: str, *, matched: bool) -> bool:
    """Tell whether a run should look for leftovers, without asking Azure.

    Something was closed if whatever woke the bot belongs to no open pull request (`matched`); what
    lost events left behind is looked for once a day, and whenever somebody starts the schedule.
    """
    if event == "workflow_run":
        return not matched
    is_time = context.clock.now().hour == _HOUR_OF_THE_DAY
    return event == "workflow_dispatch" or (event == "schedule" and is_time)


def archive_leftovers(context: Context, cloud: Cloud) -> int:
    """Archive in dev what only closed pull requests wanted; return how many versions that were.

    The versions are listed before the pull requests: one that is opened meanwhile loses nothing.

    Raises:
        BotError: Azure or GitHub failed; the other versions were archived.
    """
    name = context.rules.platform.names.environment
    registered = cloud.environments("dev", name)
    numbers = {pull.number for pull in context.hosting.open_pulls()}
    found, failed = leftovers(registered, numbers), []
    for one in found:
        try:
            if _is_left(context, one):
                cloud.archive_environment(one.name, one.version)
        except BotError as error:
            failed.append(error.what)
    done = len(found) - len(failed)
    context.reporter.step(f"Archived {done} of {len(registered)} versions of {name} in dev")
    if failed:
        raise BotError(" ".join(failed), done=f"{done} versions were archived")
    return done


def _is_left(context: Context, candidate: RegisteredEnvironment) -> bool:
    """Tell whether its pull request is closed still, and let its head say that it has none now.

    Whoever opens that pull request again then gets the candidate back.
    """
    number = pull_of(candidate)
    pull = context.hosting.pull(number) if number else None
    if pull is None or pull.open:
        return pull is None
    if pull.merged_at is None:
        text = f"{candidate.name}:{candidate.version} is archived, as the pull request is closed"
        set_status(context, pull, CANDIDATE, StatusState.PENDING, text)
    return True
