"""Circuits whose config is taken away: their deployments stay, and hold up nothing but mistakes."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.tree import File
from tests.conversations.rogue import approve_at_once, may_bypass
from tests.conversations.scene import Scene, running_scene, small_fleet
from tests.conversations.talk import Talk
from tests.conversations.test_attacks_on_production import config_of, models, propose_pin

POLICY = "config/policy.yml"
ONE_OF_FIVE = b"circuits_gone_percent: 20"


def take_away(scene: Scene, branch: str, *circuits: str) -> None:
    """Let ada commit the removal of circuits' configs to a branch."""
    ada = scene.person("ada")
    ada.begin_branch(branch)
    ada._run("rm", "--quiet", *(config_of(circuit) for circuit in circuits))
    ada._run("commit", "--quiet", "-m", f"Retire {', '.join(circuits)}")
    ada._run("push", "--quiet", "origin", f"HEAD:{branch}")


def retire(scene: Scene, circuit: str) -> Talk:
    take_away(scene, f"retire-{circuit.replace('/', '-')}", circuit)
    talk = scene.open("ada", f"Retire {circuit}")
    approve_at_once(scene, talk, "lise", "grace")
    scene.merge(talk, "lise")
    return talk


def apply_comment(talk: Talk) -> str:
    return next((said.text for said in talk.by_bot() if said.kind == "apply"), "")


@pytest.fixture
def files() -> dict[str, File]:
    """Return the small fleet, of which one circuit in five may go at once."""
    found = small_fleet()
    policy = found[POLICY].data.replace(b"circuits_gone_percent: 10", ONE_OF_FIVE)
    if ONE_OF_FIVE not in policy:
        policy = policy.replace(b"apply:\n", b"apply:\n  " + ONE_OF_FIVE + b"\n")
    return {**found, POLICY: replace(found[POLICY], data=policy)}


def test_retirements_do_not_add_up_and_a_mistake_is_told_to_who_waits_for_it(
    tmp_path: Path, files: dict[str, File]
) -> None:
    with running_scene(tmp_path, files) as scene:
        retire(scene, "P001/C003")
        retire(scene, "P002/C002")
        pin = propose_pin(scene, "P001/C001")
        approve_at_once(scene, pin, "lise", "grace")
        may_bypass(scene, "ada", "lise")
        take_away(scene, "main", "P001/C002", "P002/C001")
        scene.settle(failing={"apply"})

        scene.merge(pin, "lise", failing={"apply"})

        told = apply_comment(pin)
        assert told.startswith("## 🔴 Nothing was applied: the plan has errors")
        assert "2 of 4 live deployments have lost their config" in told
        assert "delete their deployments in Azure" in told
        assert models(scene)["P001/C001"] == "1"
