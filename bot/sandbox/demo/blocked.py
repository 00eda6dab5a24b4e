"""Chapter 7: a framework upgrade that calls itself a patch."""

from bot.sandbox.demo import material
from bot.sandbox.demo.stage import Stage


def open_undeclared_upgrade(stage: Stage, version: str) -> None:
    """Ada raises tensorflow and declares a patch; the bot says what it is and blocks it."""
    ada, say = stage.person("ada"), stage.say
    ada.begin_branch("newer-tensorflow")
    conda, spec = ada.read(material.CONDA), ada.read(material.SPEC)
    line = 1 + next(i for i, text in enumerate(conda.splitlines()) if "tensorflow==" in text)
    ada.commit(
        "Use a newer TensorFlow",
        {
            material.CONDA: material.newer_tensorflow(conda),
            material.SPEC: material.at_version(spec, version, "Faster inference"),
        },
    )
    pull = ada.open_pull("Use a newer TensorFlow", "Faster, and nothing else changes.")
    say.act("ada", f"opens #{pull.number}: tensorflow 2.13.0 → 2.14.0, declared as {version}")
    stage.settle()
    stage.tell_new(pull.number)
    summary = stage.summary(pull.number)
    say.check("the bot calls it breaking", holds="Breaking environment change" in summary)
    say.check("it needs 2.0.0", holds="needs 2.0.0" in summary)
    say.check("it needs retraining", holds="Retraining | no | **yes**" in summary)
    where = f"{material.CONDA}:{line}"
    say.check(
        f"it names rule, file and line: framework_minor_raised at {where}",
        holds="framework_minor_raised" in summary and where in summary,
    )
    state, description = stage.release_status(pull.number)
    say.check(f"it is blocked: {description}", holds=state == "failure")
    edited = ada.numstat(pull.base.sha, ada.pull(pull.number).head.sha, "config")
    say.check("no config was edited", holds=not edited)
