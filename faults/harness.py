"""Servers, a zygote and a folder: where cases are recorded and played."""

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import NamedTuple

from bot.sandbox.azureml import timeline
from bot.sandbox.azureml.store import Store
from bot.sandbox.faults.plan import Plan
from bot.sandbox.faults.wire import Wire
from bot.sandbox.github.git import BareRepository
from bot.sandbox.github.hub import Hub
from bot.sandbox.world import NAME, OWNER
from faults import zygote
from faults.invariants import Invariants
from faults.servers import Servers, running_servers
from faults.standing import INTRUDER
from faults.world import World, copy_state, open_world

Rival = Callable[[BareRepository], None]


@dataclass
class Harness:
    """Servers, a zygote, and a folder whose `live` is the world of the moment."""

    folder: Path
    servers: Servers
    bot: zygote.Zygote
    ending: ExitStack = field(default_factory=ExitStack)

    @classmethod
    def at(cls, folder: Path) -> "Harness":
        """Return a running harness; close it."""
        with ExitStack() as ending:
            servers = ending.enter_context(running_servers(folder))
            bot = zygote.start(folder)
            ending.callback(bot.stop)
            return cls(folder, servers, bot, ending.pop_all())

    def close(self) -> None:
        """End everything."""
        self.ending.close()

    def open(
        self, allowed: Iterable[str] = (), plan: Plan | None = None, rival: Rival | None = None
    ) -> "Watched":
        """Open the live world; writes to Azure that are not `allowed` are noted.

        Where the plan has a second writer, `rival` writes to the repository; without one, somebody
        writes to Azure.
        """
        invariants: list[Invariants] = []

        def wire(azure: Store, hub: Hub) -> Wire:
            watching = Invariants(azure, hub, frozenset(allowed))
            invariants.append(watching)
            return Wire(
                plan,
                kill=self.bot.kill_bot,
                before=watching.look,
                intrude=partial(rival, hub.repository(OWNER, NAME).git)
                if rival
                else partial(_intrude, azure, watching),
            )

        world = open_world(self.folder / "live", self.servers, self.bot.command, wire)
        return Watched(world, invariants[0])

    def restore(self, start: Path, seconds: float) -> None:
        """Make the live world what it was at the start of a step; model tests take `seconds`."""
        copy_state(start, self.folder / "live")
        store = Store(self.folder / "live")
        store.put_setting(timeline.RUN_SECONDS, seconds)
        store.close()


class Watched(NamedTuple):
    """An open world, and who watches it."""

    world: World
    invariants: Invariants


def _intrude(azure: Store, watching: Invariants) -> None:
    """Tag the last deployment of production, as somebody in the portal would."""
    found = [key for key in azure.resources() if "/deployments/" in key and "prod" in key]
    body = azure.get(found[-1]) or {}
    body["tags"] = {**(body.get("tags") or {}), INTRUDER: "somebody"}
    azure.put(found[-1], found[-1].rpartition("/")[0], body)
    watching.intruded(found[-1])
