"""Whoever wants an approval to count for what nobody approved, or wants to need none."""

import hashlib
import json
from dataclasses import replace
from itertools import count

import pytest

from bot.adapters.folder import read_folder
from bot.core.environment import env_digest, read_settings
from bot.core.environment_check import DESCRIPTIVE_KEYS
from bot.core.environment_layout import FOLDER, SPEC_PATH
from bot.core.tree import Tree, subtree
from bot.sandbox.demo import material
from tests.conversations.azure import Production
from tests.conversations.scene import Scene
from tests.conversations.talk import Talk

POLICY = "config/policy.yml"
RULED = (
    POLICY,
    "bot/core/gates/gate.py",
    ".github/actions/envbot/action.yml",
    "requirements.lock",
    ".github/CODEOWNERS",
    "deployment/extra_driver.py",
)
VERSION = "1.5.31"


@pytest.fixture(scope="module")
def opened(scene: Scene) -> dict[str, Talk]:
    """Open a pull request for each of the files, all at once."""
    ada, talks = scene.person("ada"), {}
    for number, path in enumerate(RULED):
        ada.begin_branch(f"tidy-{number}")
        file = ada.folder / path
        text = file.read_text(encoding="utf-8") if file.exists() else ""
        ada.commit(f"Tidy {path}", {path: f"{text}# Tidied.\n"})
        talks[path] = Talk(ada.repository, ada.open_pull(f"Tidy {path}", "").number)
    scene.settle()
    return talks


@pytest.mark.parametrize("path", RULED[1:])
def test_what_ends_up_in_a_job_is_something_to_decide_on(
    opened: dict[str, Talk], path: str
) -> None:
    release = opened[path].statuses()["envbot/release"]

    assert release == "pending, Production: ml-engineers: 0 of 1 approvals"
    assert "engineering-managers: 0 of 1 approvals" in opened[path].summary()


def test_approvals_of_a_policy_do_not_count_for_another_one(
    scene: Scene, opened: dict[str, Talk]
) -> None:
    talk, ada = opened[POLICY], scene.person("ada")
    scene.approve(talk, "lise")
    assert "engineering-managers: 0 of 1" in talk.statuses()["envbot/release"]
    scene.approve(talk, "grace")
    assert talk.statuses()["envbot/release"].startswith("success")

    ada._run("checkout", "--quiet", "tidy-0")
    without_managers = ada.read(POLICY).replace(", engineering-managers]", "]")
    ada.commit("Tidy some more", {POLICY: without_managers})
    scene.settle()

    assert talk.statuses()["envbot/release"].startswith("pending, Production: ")
    assert "lise approved other content than the head has now" in talk.summary()
    assert "grace approved other content than the head has now" in talk.summary()


def test_a_candidate_of_other_content_under_the_same_name_is_not_promoted(scene: Scene) -> None:
    ada = scene.person("ada")
    ada.begin_branch("same-name")
    spec = material.at_version(ada.read(material.SPEC), VERSION, "Log more")
    (ada.folder / material.SPEC).write_text(spec, encoding="utf-8")
    one, other = namesakes(read_folder(ada.folder, FOLDER), material.SCORE)
    files = {material.SPEC: spec, material.SCORE: one}
    talk = scene.propose("ada", "same-name", "Improve logging", files)
    shown = scene.candidate("ada", VERSION)
    assert talk.statuses()["envbot/candidate"].startswith("success")

    ada.pull_branch()
    ada.commit("Say it better", {material.SCORE: other})
    scene.settle()
    assert scene.candidate("ada", VERSION) == shown
    assert "with other content" in talk.statuses()["envbot/candidate"]

    scene.push_evidence("ada", VERSION)
    scene.say(talk, "marie", "/promote registry")

    assert "### 😕 Not done" in talk.reply()
    assert not talk.statuses()["envbot/release"].startswith("success")
    with Production(scene.world) as production:
        shared = production.registry_versions("custom-tf-env")
    assert not {version for version in shared if version.startswith(VERSION)}


def namesakes(tree: Tree, path: str) -> tuple[str, str]:
    """Return two texts of a file that give the environment digests with the same eight digits.

    Eight digits have 2^32 values, so about 80,000 tries find two that collide. What stands around
    the file's id in what is hashed is the same for all of them, and hashed once.
    """
    text, mark = tree[path].data.decode(), "@" * 40
    before, after = canonical({**tree, path: replace(tree[path], oid=mark)}).split(mark.encode())
    begun, seen = hashlib.sha256(before), dict[bytes, str]()
    for number in count():
        tried = f"{text}# {number}\n"
        whole = begun.copy()
        whole.update(blob_id(tried.encode()).encode() + after)
        name = whole.digest()[:4]
        if name in seen:
            return seen[name], tried
        seen[name] = tried
    raise AssertionError


def canonical(tree: Tree) -> bytes:
    """Return what `env_digest` hashes."""
    settings = read_settings(tree).value
    assert isinstance(settings, dict)
    content = {key: settings[key] for key in settings.keys() - DESCRIPTIVE_KEYS}
    entries = [
        [path, file.mode, content if path == SPEC_PATH else file.oid]
        for path, file in sorted(subtree(tree, FOLDER).items())
    ]
    found = json.dumps(entries, sort_keys=True).encode()
    assert hashlib.sha256(found).hexdigest() == env_digest(tree)
    return found


def blob_id(data: bytes) -> str:
    """Return git's id of a file with these bytes."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
