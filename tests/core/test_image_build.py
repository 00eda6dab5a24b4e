import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.image_build import ImageBuild, ImageState, image_state, image_text
from bot.core.image_report import (
    LOG_CHARACTERS,
    LOG_LINES,
    MOST,
    ImageReport,
    from_text,
    last_lines,
    to_text,
)
from bot.core.model_test import JobState, JobStatus
from bot.core.render.image import image_markdown
from bot.core.resolved_image import BaseImage, recorded_base

BUILD = ImageBuild("custom-tf-env", "1.5.1-rc.gaaaaaaaa", "cpu", ("score",), "a" * 64)
DIGEST = f"sha256:{'b' * 64}"
FAILED = ImageReport(7, "e:1", "image-1", built=False, log="No module named 'x'")


def state(status: JobStatus) -> JobState:
    return JobState("image-1", status, None, None, 0, 0)


@pytest.mark.parametrize(
    ("build", "job", "expected"),
    [
        pytest.param(None, None, "unasked", id="no compute"),
        pytest.param(BUILD, None, "none", id="no job"),
        pytest.param(BUILD, state("running"), "running", id="running"),
        pytest.param(BUILD, state("completed"), "built", id="completed"),
        pytest.param(BUILD, state("failed"), "failed", id="failed"),
        pytest.param(BUILD, state("canceled"), "failed", id="canceled"),
    ],
)
def test_an_image_is_built_only_when_its_job_ended_well(
    build: ImageBuild | None, job: JobState | None, expected: ImageState
) -> None:
    assert image_state(build, job) == expected


@pytest.mark.parametrize("found", ["unasked", "none", "running", "built", "failed"])
def test_what_is_said_of_it_fits_into_a_status(found: ImageState) -> None:
    assert len(image_text(found, BaseImage(DIGEST))) <= 140
    assert image_text(found, BaseImage(DIGEST)).endswith(f"base {DIGEST}")


def test_three_attempts_are_all_there_are() -> None:
    assert [one.is_last for one in (BUILD, BUILD.next_attempt(), BUILD._replace(attempt=3))] == [
        False,
        False,
        True,
    ]


@pytest.mark.parametrize(
    "base", [BaseImage(DIGEST), BaseImage("", "the registry does not answer")], ids=repr
)
def test_a_base_is_read_back_from_its_tag(base: BaseImage) -> None:
    assert recorded_base({"base_image_digest": base.label}) == base


def test_a_version_that_envbot_did_not_register_has_no_known_base() -> None:
    assert recorded_base({}) == BaseImage("", "it was not recorded")


@given(log=st.text(max_size=3 * LOG_CHARACTERS))
def test_the_end_of_a_log_is_short(log: str) -> None:
    shown = last_lines(log)

    assert len(shown) <= LOG_CHARACTERS
    assert shown.count("\n") < LOG_LINES


def test_reports_pass_from_job_to_job() -> None:
    assert from_text(to_text((FAILED,))) == (FAILED,)


def test_there_is_a_limit_to_reports() -> None:
    assert len(from_text(to_text((FAILED,) * (MOST + 1)))) == MOST


@pytest.mark.parametrize("text", ["", "[", "{}", '[{"pull": "7"}]', "null"])
def test_what_holds_no_reports_tells_nothing(text: str) -> None:
    assert from_text(text) == ()


def test_a_log_can_do_no_harm_in_a_comment() -> None:
    hostile = "```\n@ada <img src=x> #1\n```"

    shown = image_markdown(ImageReport(7, "e:1", "image-1", built=False, log=hostile))

    assert "@ada" not in shown
    assert "````text\n```\n@\u200bada" in shown


@pytest.mark.parametrize(("last", "again"), [(False, True), (True, False)])
def test_another_attempt_is_offered_while_there_is_one(*, last: bool, again: bool) -> None:
    report = ImageReport(7, "e:1", "image-1", built=False, attempt=2, last=last)

    assert ("`/evidence`" in image_markdown(report)) is again
    assert "It left no log" in image_markdown(report)
