"""The fleet, read from git and Azure alone."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import cast

import pytest

from bot.core.production.deployment import LiveDeployment
from bot.core.production.plan import ActionKind
from bot.errors import BotError, InvalidFileError
from bot.handlers.context import Context, read_rules
from bot.handlers.fleet import read_fleet_status
from bot.handlers.ports import Cloud

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
CONFIG = "config/plants/P001/C001.yml"


@dataclass
class Azure:
    """Deployments in memory; None stands for a service that cannot be reached."""

    live: tuple[LiveDeployment, ...] | None

    def deployments(self, stage: str) -> tuple[LiveDeployment, ...]:
        assert stage == "production"
        if self.live is None:
            raise BotError("Azure is away.")
        return self.live


def with_config(context: Context, data: bytes) -> Context:
    """Return the run on a main whose one config reads `data`."""
    files = {CONFIG: data}
    main = context.repository.commit((context.rules.main,), files, "Edit", at=NOON)
    return replace(context, rules=read_rules(context.repository, main))


@pytest.mark.parametrize(
    ("version", "state"),
    [("1.5.0", ActionKind.UNCHANGED), ("1.4.0", ActionKind.UPDATE)],
)
def test_what_runs_is_compared_with_main(
    context: Context,
    make_live: Callable[..., LiveDeployment],
    version: str,
    state: ActionKind,
) -> None:
    runs = context.rules.platform.registry_environment_id("custom-tf-env", version)
    live = replace(make_live(1), environment_id=runs)

    found = read_fleet_status(context, cast("Cloud", Azure((live,))))

    assert [(one.runs, one.wants, one.state) for one in found.circuits] == [
        (f"custom-tf-env:{version}", "1.5.0", state)
    ]


def test_a_bad_config_on_main_is_said(context: Context) -> None:
    with pytest.raises(InvalidFileError, match=CONFIG):
        read_fleet_status(with_config(context, b"- no circuit\n"), cast("Cloud", Azure(())))


def test_an_azure_out_of_reach_is_said(context: Context) -> None:
    with pytest.raises(BotError, match="Azure is away"):
        read_fleet_status(context, cast("Cloud", Azure(None)))
