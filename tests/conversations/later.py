"""The bot, run when some hours have passed that nobody wants to wait for.

Everything is real but the time: the bot's clock is ahead, and whoever approves meanwhile gets that
time from GitHub too. Nothing of what is done here starts a workflow.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from bot import wiring
from bot.adapters.actions import Actions
from bot.adapters.clock import SystemClock
from bot.handlers.context import Context
from bot.handlers.event import answer_event
from bot.sandbox.github import conversation
from bot.sandbox.github.accounts import ACTIONS_BOT, Caller
from bot.sandbox.github.hub import Hub
from bot.sandbox.github.store import TIME_FORMAT
from bot.sandbox.world import terminal_environment
from bot.settings import Settings
from tests.conversations.scene import Scene
from tests.conversations.talk import Talk

_TOKEN = "ghs_sandbox_later"
_GRANTS = '{"contents": "write", "pull-requests": "write", "statuses": "write", "checks": "write"}'


@dataclass
class AheadClock(SystemClock):
    """The machine's clock, some time ahead."""

    ahead: timedelta

    def now(self) -> datetime:
        return super().now() + self.ahead


@dataclass
class Later:
    """One scene at a later time."""

    scene: Scene
    clock: AheadClock
    hub: Hub
    settings: Settings
    heard: list[Mapping[str, object]] = field(default_factory=list)

    def pass_hours(self, hours: float) -> None:
        self.clock.ahead += timedelta(hours=hours)

    def run(self, job: str, talk: Talk) -> Mapping[str, str]:
        """Run a job of the schedule for one pull request alone; return what it puts out."""
        context = self._context(with_cloud=job == "cloud")
        payload = {"workflow_run": {"head_sha": talk.head, "head_branch": ""}}
        return answer_event(context, job, "workflow_run", payload).outputs

    def told(self, talk: Talk) -> list[tuple[object, object]]:
        """Return the state and the people of each message to the webhook."""
        return [(one["state"], one["who"]) for one in self.heard if one["pull"] == talk.number]

    def see_evidence(self, talk: Talk) -> None:
        """Let the evidence of the head have been complete since now."""
        at = self.clock.now().strftime(TIME_FORMAT)
        self.hub.store.change(
            "UPDATE statuses SET created_at = ? WHERE sha = ? AND context = ?",
            *(at, talk.head, "envbot/evidence"),
        )

    def approve(self, talk: Talk, login: str) -> None:
        repository = self.hub.repository(*self.scene.world.repository.split("/"))
        asked = ("APPROVE", "", "")
        given = conversation.add_review(self.hub, repository, Caller(login), talk.number, asked)
        at = self.clock.now().strftime(TIME_FORMAT)
        self.hub.store.change("UPDATE reviews SET submitted_at = ? WHERE id = ?", at, given["id"])

    def _context(self, *, with_cloud: bool) -> Context:
        actions = Actions(self.settings.environment)
        made = wiring.event_context(self.settings, actions, with_cloud=with_cloud)
        return replace(made, clock=self.clock, notify=self.heard.append)


@contextmanager
def later(scene: Scene, patch: pytest.MonkeyPatch) -> Iterator[Later]:
    """Let time pass in a scene; the variables of the bot are set in this process meanwhile."""
    variables = {
        **terminal_environment(scene.world.state),
        "GITHUB_TOKEN": _TOKEN,
        "ENVBOT_LOGIN": ACTIONS_BOT,
        "GITHUB_WORKSPACE": str(scene.person("lise").folder),
    }
    with ExitStack() as ending:
        hub = Hub(scene.world.state)
        ending.callback(hub.store.close)
        repository = hub.repository(*scene.world.repository.split("/"))
        hub.store.insert(
            "tokens",
            token=_TOKEN,
            login=ACTIONS_BOT,
            repository=repository.id,
            permissions=_GRANTS,
        )
        ending.callback(hub.store.change, "DELETE FROM tokens WHERE token = ?", _TOKEN)
        scene.person("lise").begin_branch("somewhere-to-be")
        inner = ending.enter_context(patch.context())
        for name, value in variables.items():
            inner.setenv(name, value)
        yield Later(scene, AheadClock(timedelta()), hub, Settings(variables))
