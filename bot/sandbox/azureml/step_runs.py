"""Runs of steps: played or reused when their job is submitted, with the files that they leave."""

import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from bot.sandbox.azureml import timeline
from bot.sandbox.azureml.compute import Ending, Step, leave_files, play
from bot.sandbox.azureml.exchange import Call, Json
from bot.sandbox.azureml.ids import Scope
from bot.sandbox.azureml.workspaces import ARTIFACT_STORE, BLOB_STORE, container

_REUSED = Ending(timeline.COMPLETED, {}, "")


def run_steps(  # noqa: PLR0913 - when they run, and how a job of one step differs
    call: Call,
    steps: Sequence[Step],
    begins: float,
    seconds: float,
    *,
    run: str = "",
    failed: Ending | None = None,
) -> list[Json]:
    """Return the record of each step's run; those that may reuse an earlier run do.

    Args:
        call: the submission.
        steps: in order.
        begins: when they start, in seconds since 1970.
        seconds: how long they take together.
        run: the name of the only run; several get names of their own.
        failed: how every step ends, when that is known already.
    """
    reused = [_earlier_run(call, step) for step in steps]
    endings = [
        _REUSED if earlier else failed or play(call.store, step)
        for step, earlier in zip(steps, reused, strict=True)
    ]
    spans = timeline.step_spans(begins, seconds, [ending.status for ending in endings])
    records = []
    for step, ending, span, earlier in zip(steps, endings, spans, reused, strict=True):
        name = run or str(uuid.uuid4())
        if not earlier:
            _leave(call, name, step, ending)
        if step.identity and not earlier and span.outcome == timeline.COMPLETED:
            known = {"run": name, "ends": span.ends}
            call.store.put(_reuse_key(call, step), call.place.key("reuse"), known)
        record = {"run": name, "name": step.name, "outputs": list(step.outputs)}
        records.append({**record, "span": asdict(span), "code": ending.code, "reused": earlier})
    return records


def _earlier_run(call: Call, step: Step) -> str:
    """Return the completed run of an equal step, which stands for this one; empty without one."""
    known = call.store.get(_reuse_key(call, step)) if step.identity else None
    return str(known["run"]) if known and known["ends"] <= time.time() else ""


def _reuse_key(call: Call, step: Step) -> str:
    return call.place.key("reuse", step.identity)


def span_of(record: Mapping[str, Any]) -> timeline.Span:
    """Return the span of a job's or a step's record."""
    return timeline.Span(**record["span"])


def run_key(scope: Scope, run: str) -> str:
    """Return the key under which a step's run names its job."""
    return scope.key("runs", run)


def artifacts(scope: Scope, run: str) -> str:
    """Return the folder of a run's logs, as `container/path`."""
    return f"{container(scope, ARTIFACT_STORE)}/ExperimentRun/dcid.{run}"


def output_path(run: str, output: str) -> str:
    """Return where below the workspace's blob store an output of a run lies."""
    return f"azureml/{run}/{output}"


def _leave(call: Call, run: str, step: Step, ending: Ending) -> None:
    blobs = container(call.place, BLOB_STORE)
    for output in step.outputs:
        leave_files(call.store, f"{blobs}/{output_path(run, output)}", ending.files)
    leave_files(call.store, artifacts(call.place, run), {ending.log_file: ending.log})
