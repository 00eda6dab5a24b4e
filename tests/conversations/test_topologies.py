"""Releases by other strategies: two registries, environments made anew, and what stops a hop."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.core.config.platform import Platform, read_platform
from bot.core.tree import File
from bot.sandbox.azureml.registry import RegistrySpec
from bot.sandbox.azureml.seed import REGISTRY_GROUP
from bot.sandbox.world import PROJECT
from tests.conversations.azure import Production
from tests.conversations.scene import LAGGARD, Scene, running_scene, small_fleet
from tests.conversations.talk import Talk

VERSION, NAME = "1.5.1", "custom-tf-env"
PLATFORM, POLICY = "config/platform.yml", "config/policy.yml"
CONDA = "environment/conda.yml"
LOST_COPY = {
    "call": f"PUT */workspaces/amlwsprodcc01/environments/{NAME}/versions/{VERSION}",
    "status": 500,
    "times": 99,
}


def topology(number: int) -> str:
    """Return one of the documented files."""
    page = (PROJECT / "docs" / "topologies.md").read_text("utf-8")
    shown: list[str] = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    return shown[number]


def files_with(platform: str) -> dict[str, File]:
    files = small_fleet()
    policy = files[POLICY].data.replace(b"production: run}", b"production: claimed}")
    circuit = f"config/plants/{LAGGARD}.yml"
    # Its version is tagged with no digest, so that nothing could be compared with it.
    circuit_file = files[circuit].data.replace(b"1.4.9", b"1.5.0")
    written = {PLATFORM: platform.encode(), POLICY: policy, circuit: circuit_file}
    return {**files, **{path: replace(files[path], data=data) for path, data in written.items()}}


def put_registry(scene: Scene, platform: Platform, name: str, **limits: Any) -> None:
    """Change what a registry allows."""
    spec = RegistrySpec(platform.subscription_id, REGISTRY_GROUP, name, platform.location)
    scene.azure.add_registry(replace(spec, **limits))


def ready(scene: Scene) -> Talk:
    """Open the pull request and complete its evidence."""
    talk = scene.improve_logging("ada", VERSION)
    scene.push_evidence("ada", VERSION)
    return talk


def refused(scene: Scene, talk: Talk) -> str:
    scene.say(talk, "marie", "/promote registry")
    return talk.reply()


def approve(scene: Scene, talk: Talk) -> None:
    """Promote and approve: the merge is all that is missing then."""
    scene.say(talk, "marie", "/promote registry")
    scene.approve(talk, "lise", "grace")
    assert talk.statuses()["envbot/release"].startswith("success"), talk.reply()


def release(scene: Scene, talk: Talk) -> None:
    approve(scene, talk)
    scene.merge(talk, "lise")


def merge_while_the_copy_fails(scene: Scene, talk: Talk) -> None:
    """Merge while Azure registers nothing in production, and read what the bot says of it."""
    scene.azure.script(outages=[LOST_COPY])
    scene.merge(talk, "lise", failing={"apply"})
    scene.azure.script(outages=[])
    told = talk.by_bot()[-1].text
    assert "Its environment could not be made in the production workspace" in told
    assert "**Next:** comment `/retry`" in told


def test_two_registries_part_candidates_from_releases(tmp_path: Path) -> None:
    text = topology(1)
    platform = read_platform(text.encode())
    with (
        running_scene(tmp_path, files_with(text)) as scene,
        Production(scene.world, platform) as production,
    ):
        put_registry(scene, platform, "amlregprodcc01", location="westeurope")
        scene.azure.script(registry_drops=["tags"])
        talk = ready(scene)
        candidate, before = scene.candidate("ada", VERSION), production.registry_versions(NAME)

        said = refused(scene, talk)

        assert "REGISTRY_REGION_MISSING" in said
        assert "The production workspace is in canadacentral." in said
        assert production.registry_versions(NAME) == before
        put_registry(scene, platform, "amlregprodcc01")
        release(scene, talk)

        # Nothing that Azure returns tells its content, which is said and never taken for equal.
        assert "*not comparable* with it: a build context" in talk.summary()
        assert production.registry_versions(NAME) == before | {candidate}
        assert production.registry_versions(NAME, "amlregprodcc01") == before | {VERSION}
        runs = {str(one["environmentId"]) for one in production.deployments().values()}
        assert f"azureml://registries/amlregprodcc01/environments/{NAME}/versions/{VERSION}" in runs
        assert not any("amlregdevcc01" in one for one in runs)


def test_environments_are_made_anew_at_every_place_and_are_the_same(tmp_path: Path) -> None:
    text = topology(0).replace("share", "recreate").replace(": reference", ": recreate")
    platform = read_platform(text.encode())
    with (
        running_scene(tmp_path, files_with(text)) as scene,
        Production(scene.world, platform) as production,
    ):
        talk = ready(scene)
        before = production.registry_versions(NAME)
        forbidden = refused(scene, talk)
        scene.azure.script(extra_rights={"envbot-registry": {"test": "write"}})
        put_registry(scene, platform, platform.registry, public=False)
        private = refused(scene, talk)

        assert "PROMOTION_FORBIDDEN" in forbidden
        assert "the test workspace" in forbidden
        assert "REGISTRY_PRIVATE" in private
        assert "`workspace_to_registry: share`" in private
        assert production.registry_versions(NAME) == before
        put_registry(scene, platform, platform.registry)
        approve(scene, talk)
        merge_while_the_copy_fails(scene, talk)
        assert VERSION not in production.workspace_versions(NAME)
        scene.say(talk, "marie", "/retry")

        made = production.workspace_versions(NAME)[VERSION]
        digest = made["tags"]["env_digest"]
        assert scene.candidate("ada", VERSION).endswith(digest[:8])
        assert VERSION in production.registry_versions(NAME)
        wanted = f"{platform.workspace_id('production')}/environments/{NAME}/versions/{VERSION}"
        runs = [str(one["environmentId"]) for one in production.deployments().values()]
        assert wanted in runs
        assert all("/workspaces/" in one for one in runs)


def test_files_that_are_not_pinned_are_never_made_anew(tmp_path: Path) -> None:
    text = topology(0)
    anew = text.replace("workspace_to_registry: share", "workspace_to_registry: recreate")
    files = files_with(anew)
    loose = files[CONDA].data.replace(b"h5py==3.8.0", b"h5py")
    with running_scene(tmp_path, {**files, CONDA: replace(files[CONDA], data=loose)}) as scene:
        talk = scene.improve_logging("ada", VERSION)

        assert re.search(r"conda\.yml:\d+.*asked for as any version", talk.summary())
        assert not talk.statuses()["envbot/release"].startswith("success")

        # A branch that shares instead is in order; but what counts is what main says.
        scene.person("ada").commit("Share instead", {PLATFORM: text})
        scene.settle()
        scene.push_evidence("ada", VERSION)
        said = refused(scene, talk)

        assert "RECREATE_UNPINNED" in said
        assert re.search(r"conda\.yml:\d+", said)
