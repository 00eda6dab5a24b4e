"""What a promotion asks of GitHub and Azure, for a fleet of two hundred circuits."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from bot.sandbox.world import sample_files
from tests.conversations.scene import running_scene
from tests.conversations.talk import Talk

VERSION = "1.5.1"
MOST_GITHUB_CALLS = 60


@dataclass(frozen=True)
class Promotion:
    """A promotion that has ended, and what it cost."""

    talk: Talk
    github: list[dict[str, Any]]
    azure: list[dict[str, Any]]


@pytest.fixture(scope="module")
def promotion(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Promotion]:
    """Promote a release of the whole sample fleet."""
    with running_scene(tmp_path_factory.mktemp("fleet"), sample_files()) as scene:
        talk = scene.improve_logging("ada", VERSION)
        scene.push_evidence("ada", VERSION)
        github = max(call["id"] for call in scene.calls())
        azure = max(entry["seq"] for entry in scene.azure.log())

        scene.azure.script(job_seconds=3)
        scene.say(talk, "marie", "/promote registry")

        yield Promotion(talk, scene.calls(github), scene.azure.log(after=azure))


def test_all_two_hundred_models_are_tested(promotion: Promotion) -> None:
    assert "all 200 production models passed" in promotion.talk.reply()


def test_github_is_asked_no_more_than_sixty_times(promotion: Promotion) -> None:
    told = Counter(f"{call['method']} {call['path']}" for call in promotion.github)

    assert len(promotion.github) <= MOST_GITHUB_CALLS, told


def test_one_pipeline_is_submitted(promotion: Promotion) -> None:
    submitted = [
        one["target"]
        for one in promotion.azure
        if one["method"] == "PUT" and "/jobs/compat-" in one["target"]
    ]

    assert len(submitted) == 1


def test_each_poll_lists_the_steps_once(promotion: Promotion) -> None:
    asked = [one["target"] for one in promotion.azure]
    first_pages = [target for target in asked if "skip=" not in target]
    lists = [one for one in first_pages if "/runs/compat-" in one and "/children" in one]
    polls = [target for target in asked if "/jobs/compat-" in target]

    assert 0 < len(lists) <= len(polls)
