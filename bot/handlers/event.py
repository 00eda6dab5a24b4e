"""From what woke the bot to what is done about it, by the job that runs.

A payload only says where to look: a pull request, a comment, a commit. What is true is read anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bot.core.commands.registry import Job
from bot.core.image_report import ImageReport, to_text
from bot.core.render.apply import apply_markdown, apply_text
from bot.core.render.drift import drift_markdown
from bot.core.render.image import images_page
from bot.core.render.markdown import block
from bot.errors import BotError
from bot.handlers.applied import apply_and_tell
from bot.handlers.bugs import TellingOfBugs
from bot.handlers.calls import take_back_calls_of
from bot.handlers.candidate import register_all
from bot.handlers.commands import ACTS
from bot.handlers.comment import Said, answer
from bot.handlers.context import Context
from bot.handlers.drift import place_of, show_drift
from bot.handlers.evidence_run import asks_for_run, run_notebooks
from bot.handlers.finish import finish_all
from bot.handlers.images import tell_images
from bot.handlers.leftovers import archive_leftovers, leftovers_may_be
from bot.handlers.merge_group import publish_merge_group
from bot.handlers.missed_apply import misses_apply
from bot.handlers.publish import publish_all
from bot.handlers.rehearsal import rehearse
from bot.handlers.unanswered import answer_unanswered, taken_up

Payload = Mapping[str, Any]


def pulls_of(context: Context, name: str, payload: Payload) -> tuple[int, ...]:
    """Return the open pull requests that an event may have changed; all of them if in doubt."""
    found = context.hosting.open_pulls()
    pulls = [pull for pull in found if pull.base_branch == context.main_branch]
    if name == "workflow_run":
        run = payload["workflow_run"]
        chosen = [
            p for p in pulls if run["head_sha"] == p.head or run["head_branch"] == p.head_branch
        ]
        return tuple(pull.number for pull in chosen)
    if name == "issue_comment":
        return tuple(pull.number for pull in pulls if pull.number == payload["issue"]["number"])
    return tuple(pull.number for pull in pulls)


@dataclass(frozen=True, slots=True)
class Answered:
    """How an event was answered.

    Attributes:
        outputs: step outputs that decide which jobs follow.
        summary: Markdown for the page of the run; empty for none.
        done: False when something that should have been done could not be.
    """

    outputs: Mapping[str, str] = field(default_factory=dict)
    summary: str = ""
    done: bool = True


def answer_event(context: Context, job: str, name: str, payload: Payload) -> Answered:
    """Do what `job` has to do about the event; return what must follow.

    Raises:
        BotError: GitHub, Azure or git failed.
    """
    if name == "issue_comment" and job in tuple(Job):
        return _on_comment(context, Job(job), payload)
    if name == "merge_group":
        group = payload["merge_group"]
        publish_merge_group(context, group["head_ref"], group["head_sha"])
        return Answered()
    if job == "schedule":
        return _on_schedule(context, name, payload)
    if job in ("publish", "refresh"):
        return _on_publish(context, job, name, payload)
    if job == "candidate":
        return _on_candidate(context, name, payload)
    return _on_cloud(context, job, name, payload)


def _on_cloud(context: Context, job: str, name: str, payload: Payload) -> Answered:
    if job == "drift":
        found = show_drift(context, context.need_cloud())
        missed = misses_apply(context, context.need_cloud(), found)
        return Answered({"apply": _flag(missed)}, drift_markdown(found, place_of(context)))
    if job in ("cloud", "finish"):
        done = _go_on(context, Job.CLOUD)
        finish_all(context, context.need_cloud(), pulls_of(context, name, payload))
        return Answered(done=done)
    if job == "apply" and context.commands:
        return Answered(done=_go_on(context, Job.APPLY))
    if job == "apply":
        report = apply_and_tell(context, context.need_cloud())
        return Answered(summary=apply_markdown(report, context.run_url), done=report.passes)
    if job == "rehearse":
        report = rehearse(context, context.need_cloud())
        return Answered(summary=block(apply_text(report)), done=report.passes)
    return Answered()


def _go_on(context: Context, job: Job) -> bool:
    """Carry out the commands that the schedule has taken up; tell whether all could be."""
    done = True
    for event in taken_up(context):
        try:
            with TellingOfBugs(context, event):
                _on_comment(context, job, event)
        except BotError as error:  # its author was told; the others shall not wait for it
            context.reporter.step(error.what)
            done = False
    return done


def _on_schedule(context: Context, name: str, payload: Payload) -> Answered:
    """Answer what was lost before anything else, and let no failure of the rest take it back.

    What was answered is not found again: the jobs that must follow are only told of now.
    """
    late = answer_unanswered(context)
    try:
        published = _on_publish(context, "schedule", name, payload)
    except BotError as error:
        if not late.taken:
            raise
        context.reporter.step(str(error))
        published = Answered(done=False)
    outputs = {
        **published.outputs,
        "cloud_commands": late.left_to(Job.CLOUD),
        "apply_commands": late.left_to(Job.APPLY),
        "candidate_commands": late.candidates,
    }
    return Answered(outputs, published.summary, done=published.done and late.done)


def _on_publish(context: Context, job: str, name: str, payload: Payload) -> Answered:
    tell_images(context, context.reports)
    numbers = pulls_of(context, name, payload)
    published = publish_all(context, numbers)
    wanted = published.wanted
    if name == "workflow_run" and not numbers:
        take_back_calls_of(context, payload["workflow_run"]["head_sha"])
    closed = job != "refresh" and leftovers_may_be(context, name, matched=bool(numbers))
    outputs = {"candidate": _flag(wanted.candidate or closed), "cloud": _flag(wanted.cloud)}
    return Answered(outputs, summary=published.page)


def _on_candidate(context: Context, name: str, payload: Payload) -> Answered:
    """Register, then tidy up: a pull request may take over what a closed one has left."""
    until = context.clock.now() + timedelta(seconds=context.patience.image)
    cloud, reports = context.need_cloud(), list[ImageReport]()
    for woken, event in (*(("issue_comment", one) for one in taken_up(context)), (name, payload)):
        numbers = pulls_of(context, woken, event)
        reports += register_all(context, cloud, numbers, again=woken == "issue_comment")
        run_notebooks(context, cloud, numbers, until=until, again=asks_for_run(context, event))
    archive_leftovers(context, cloud)
    told = tuple({one.pull: one for one in reports}.values())
    return Answered({"reports": to_text(told)}, summary=images_page(told))


def _on_comment(context: Context, job: Job, payload: Payload) -> Answered:
    if payload.get("action") != "created" or "pull_request" not in payload["issue"]:
        return Answered()
    comment = payload["comment"]
    said = Said(payload["issue"]["number"], comment["id"], comment["body"] or "")
    following = answer(context, said, job, ACTS)
    outputs = {one.value: _flag(one is following.job) for one in (Job.CLOUD, Job.APPLY)}
    return Answered({**outputs, "candidate": _flag(following.wanted.candidate)})


def _flag(value: bool) -> str:  # noqa: FBT001 - Actions compares outputs with the text `true`
    return "true" if value else "false"
