"""Contracts of components: what callers rely on, and what is the same for those who rely on it."""

from collections.abc import Callable, Mapping

import pytest

from bot.core.classify import classify
from bot.core.package_groups import NoAdditions
from bot.core.tree import Tree

MakeTree = Callable[[Mapping[str, str | bytes]], Tree]
PATH = "environment/train.yml"
SPEC = {"environment/environment.yml": 'name: e\nversion: "1.0.0"\nimage: b@sha256:a\n'}

COMMAND = """\
$schema: https://azuremlschemas.azureedge.net/latest/commandComponent.schema.json
name: train
version: 0.0.1
type: command
inputs:
  data:
    type: uri_folder
  epochs:
    type: integer
    min: 1
    default: 20
  kind:
    type: string
    optional: true
    enum: [small, large]
outputs:
  model:
    type: mlflow_model
environment: azureml:custom-tf-env:1.5.0
code: ../src
resources:
  instance_count: 2
command: >-
  python train.py --data ${{inputs.data}} --epochs ${{inputs.epochs}}
  $[[--kind ${{inputs.kind}}]] --batch 32 --model ${{outputs.model}}
"""
PIPELINE = """\
name: plant
version: 0.0.1
type: pipeline
inputs:
  data:
    type: uri_folder
outputs:
  model:
    type: mlflow_model
jobs:
  train:
    type: command
    component: azureml:train:0.0.3
    inputs:
      data: ${{parent.inputs.data}}
    outputs:
      model: ${{parent.outputs.model}}
    resources:
      instance_type: standard_e4s_v3
  report:
    type: command
    command: python report.py
    environment: azureml:custom-tf-env:1.5.0
"""


def rules(make_tree: MakeTree, before: str, after: str, path: str = PATH) -> set[str]:
    trees = [make_tree({**SPEC, path: text}) for text in (before, after)]
    return {finding.rule for finding in classify(trees[0], trees[1], NoAdditions()).findings}


def changed(text: str, *edits: tuple[str, str]) -> str:
    """Return a text with parts replaced, each of which must be there."""
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    return text


def with_input(text: str, declaration: str, *edits: tuple[str, str]) -> str:
    return changed(text, ("inputs:\n  data", f"inputs:\n  new: {declaration}\n  data"), *edits)


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        pytest.param(("0.0.1", "0.0.2"), "schema_documentation_changed", id="version"),
        pytest.param(
            ("type: command\n", "type: command\ntags: {a: b}\n"),
            "schema_documentation_changed",
            id="tags",
        ),
        pytest.param(
            ("    min: 1", "    description: How long.\n    min: 1"),
            "schema_documentation_changed",
            id="description of an input",
        ),
        pytest.param(("name: train", "name: other"), "schema_component_changed", id="name"),
        pytest.param((":1.5.0", ":1.5.1"), "schema_component_changed", id="environment"),
        pytest.param(("../src", "../other"), "schema_component_changed", id="code"),
        pytest.param(("count: 2", "count: 3"), "schema_component_changed", id="resources"),
        pytest.param(("train.py", "other.py"), "schema_component_changed", id="command"),
        pytest.param(
            ("$[[--kind ${{inputs.kind}}]]", "--kind ${{inputs.kind}}"),
            "schema_component_changed",
            id="an optional block made a part of the command",
        ),
        pytest.param(
            (" --batch 32", ""),
            "schema_component_changed",
            id="an argument left out of the command",
        ),
        pytest.param(
            ("code:", "is_deterministic: true\ncode:"), "comments_changed", id="default spelt out"
        ),
        pytest.param(
            ("code:", "is_deterministic: false\ncode:"), "schema_component_changed", id="no cache"
        ),
        pytest.param(
            ("    type: uri_folder", "    type: uri_folder\n    optional: false"),
            "comments_changed",
            id="required, spelt out",
        ),
        pytest.param(("min: 1", "min: 0"), "schema_input_widened", id="lower bound"),
        pytest.param(("min: 1", "min: 2"), "schema_input_narrowed", id="higher lower bound"),
        pytest.param(("min: 1", "max: 1"), "schema_input_narrowed", id="other bound"),
        pytest.param((": integer", ": number"), "schema_input_widened", id="numbers as well"),
        pytest.param(("uri_folder", "uri_file"), "schema_type_changed", id="type"),
        pytest.param(("default: 20", "default: 30"), "schema_default_changed", id="default"),
        pytest.param(("large]", "large, huge]"), "schema_input_enum_extended", id="value"),
        pytest.param(("small, ", ""), "schema_input_enum_reduced", id="value removed"),
        pytest.param(("small, large", "large, small"), "comments_changed", id="order of values"),
        pytest.param(("uri_folder", "uri_folder\n    mode: download"), "schema_changed", id="mode"),
        pytest.param(("mlflow_model", "custom_model"), "schema_type_changed", id="output type"),
        pytest.param(
            ("mlflow_model", "mlflow_model\n    mode: upload"), "schema_changed", id="output mode"
        ),
        pytest.param(
            ("outputs:\n", "outputs:\n  log:\n    type: uri_file\n"),
            "schema_output_property_added",
            id="output",
        ),
        pytest.param(("inputs:\n", "inputs: []\nother:\n"), "schema_changed", id="no mapping"),
    ],
)
def test_judges_a_component(edit: tuple[str, str], expected: str, make_tree: MakeTree) -> None:
    assert expected in rules(make_tree, COMMAND, changed(COMMAND, edit))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param("{type: string}", "{type: string, optional: true}", "schema_input_widened"),
        pytest.param(
            "{type: string, optional: true}", "{type: string}", "schema_input_property_required"
        ),
        pytest.param("{type: string}", "{type: string, default: a}", "schema_input_widened"),
        pytest.param(
            "{type: string, optional: true}",
            "{type: string, optional: true, default: a}",
            "schema_default_changed",
        ),
        pytest.param(
            "{type: string, optional: true, default: a}",
            "{type: string, default: a}",
            "schema_input_narrowed",
        ),
        pytest.param(
            "{type: string, default: a}", "{type: string}", "schema_input_property_required"
        ),
        pytest.param("{type: string, default: null}", "{type: string}", "comments_changed"),
        pytest.param("5", "6", "schema_changed"),
    ],
    ids=[
        "made optional",
        "made required",
        "default given",
        "default for an optional one",
        "never empty any more",
        "default taken away",
        "no default, spelt out",
        "value of a job",
    ],
)
def test_judges_what_may_be_left_out(
    before: str, after: str, expected: str, make_tree: MakeTree
) -> None:
    sides = (with_input(COMMAND, before), with_input(COMMAND, after))

    assert expected in rules(make_tree, *sides)


def test_a_change_of_what_may_be_left_out_is_told_once(make_tree: MakeTree) -> None:
    sides = (
        with_input(COMMAND, "{type: string}"),
        with_input(COMMAND, "{type: string, default: a}"),
    )

    assert rules(make_tree, *sides) == {
        "schema_input_widened",
        "schema_documentation_changed",
    }


ADDED = {"schema_input_property_added"}
OPTIONAL = "{type: integer, optional: true}"
DEFAULTED = "{type: integer, default: 32}"


@pytest.mark.parametrize(
    ("declaration", "edit"),
    [
        pytest.param(OPTIONAL, ("train.py", "train.py"), id="used nowhere"),
        pytest.param(OPTIONAL, (" --batch", " $[[--new ${{inputs.new}}]] --batch"), id="block"),
        pytest.param(
            OPTIONAL, (" --batch", " $[[; rm -r x ${{inputs.new}}]] --batch"), id="never run so far"
        ),
        pytest.param(DEFAULTED, (" --batch", " --new ${{inputs.new}} --batch"), id="flag"),
        pytest.param(DEFAULTED, (" --batch", " --new='${{inputs.new}}' --batch"), id="one word"),
        pytest.param(DEFAULTED, (" --batch", " $[[--new ${{inputs.new}}]] --batch"), id="default"),
        pytest.param(DEFAULTED, ("--batch 32", "--batch ${{inputs.new}}"), id="constant"),
        pytest.param(DEFAULTED, ("--batch 32", '--batch "${{ inputs.new }}"'), id="quoted"),
        pytest.param(DEFAULTED, ("--batch 32", "$[[--batch ${{inputs.new}}]]"), id="const block"),
        pytest.param(
            "{type: integer, default: 2}",
            ("count: 2", "count: ${{inputs.new}}"),
            id="constant elsewhere",
        ),
        pytest.param(
            "{type: integer, default: 2}",
            ("count: 2", "count: ${{parent.inputs.new}}"),
            id="seen from the pipeline",
        ),
    ],
)
def test_handing_on_a_new_input_is_no_difference(
    declaration: str, edit: tuple[str, str], make_tree: MakeTree
) -> None:
    assert rules(make_tree, COMMAND, with_input(COMMAND, declaration, edit)) == ADDED


@pytest.mark.parametrize(
    ("declaration", "edit"),
    [
        pytest.param(DEFAULTED, ("--batch 32", "--batch=${{inputs.new}}"), id="other spelling"),
        pytest.param(DEFAULTED, ("--batch 32", "--batch 32 ${{inputs.new}}"), id="positional"),
        pytest.param(
            DEFAULTED, ("--batch 32", "--batch 32 --batch ${{inputs.new}}"), id="flag again"
        ),
        pytest.param(
            "{type: integer, default: 33}", ("--batch 32", "--batch ${{inputs.new}}"), id="default"
        ),
        pytest.param(
            DEFAULTED, (" --batch", " --new ${{inputs.new}} --other --batch"), id="more than that"
        ),
        pytest.param(
            OPTIONAL, (" --batch", " --new ${{inputs.new}} --batch"), id="without a value"
        ),
        pytest.param(OPTIONAL, ("count: 2", "count: ${{inputs.new}}"), id="nothing for 2"),
        pytest.param(
            DEFAULTED, (" --batch", " --new ${{inputs.epochs}} --batch"), id="an old input"
        ),
        pytest.param(
            DEFAULTED,
            (" --batch", " $[[--n ${{inputs.new}} ${{inputs.kind}}]] --batch"),
            id="mixed",
        ),
        pytest.param(DEFAULTED, (" --batch", " $[[--new --batch"), id="block without an end"),
    ],
)
def test_anything_else_in_the_command_is_breaking(
    declaration: str, edit: tuple[str, str], make_tree: MakeTree
) -> None:
    found = rules(make_tree, COMMAND, with_input(COMMAND, declaration, edit))

    assert found == {*ADDED, "schema_component_changed"}


def test_an_input_may_become_optional_in_the_command_too(make_tree: MakeTree) -> None:
    after = changed(
        COMMAND,
        ("    type: uri_folder", "    type: uri_folder\n    optional: true"),
        ("--data ${{inputs.data}}", "$[[--data ${{inputs.data}}]]"),
    )

    assert rules(make_tree, COMMAND, after) == {"schema_input_widened"}


def test_a_new_output_may_be_handed_on(make_tree: MakeTree) -> None:
    after = changed(
        COMMAND,
        ("outputs:\n", "outputs:\n  log:\n    type: uri_file\n"),
        (" --model", " --log ${{outputs.log}} --model"),
    )

    assert rules(make_tree, COMMAND, after) == {"schema_output_property_added"}


def test_a_line_of_its_own_is_a_command_of_its_own(make_tree: MakeTree) -> None:
    lines = changed(COMMAND, ("command: >-", "command: |"))

    assert rules(make_tree, COMMAND, lines) == {"schema_component_changed"}


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        pytest.param(("0.0.3", "0.0.4"), "schema_step_raised", id="patch"),
        pytest.param(("0.0.3", "0.1.0"), "schema_component_changed", id="minor"),
        pytest.param(("0.0.3", "0.0.2"), "schema_component_changed", id="lowered"),
        pytest.param(("train:0.0.3", "other:0.0.4"), "schema_component_changed", id="other"),
        pytest.param(
            ("azureml:train:0.0.3", "file:./t.yml"), "schema_component_changed", id="file"
        ),
        pytest.param(
            ("  train:\n", "  train:\n    display_name: Train\n"),
            "schema_documentation_changed",
            id="name of a step",
        ),
        pytest.param(
            ("parent.inputs.data", "parent.inputs.d"), "schema_component_changed", id="in"
        ),
        pytest.param(
            ("  train:\n", "  train:\n    version: 2\n"),
            "schema_component_changed",
            id="a step has no version",
        ),
        pytest.param(("  report:", "  reports:"), "schema_component_changed", id="step renamed"),
        pytest.param(
            ("    outputs:\n", "    outputs:\n      log: {type: uri_file}\n"),
            "schema_component_changed",
            id="output of a step that goes nowhere",
        ),
    ],
)
def test_judges_a_pipeline(edit: tuple[str, str], expected: str, make_tree: MakeTree) -> None:
    assert rules(make_tree, PIPELINE, changed(PIPELINE, edit)) == {expected}


@pytest.mark.parametrize(
    ("declaration", "edits"),
    [
        pytest.param(
            OPTIONAL,
            [("      data: $", "      new: ${{parent.inputs.new}}\n      data: $")],
            id="to a step",
        ),
        pytest.param(
            OPTIONAL,
            [
                (
                    "      data: $",
                    "      new: {type: uri_file, path: '${{parent.inputs.new}}'}\n      data: $",
                )
            ],
            id="as a path",
        ),
        pytest.param(
            "{type: string, default: standard_e4s_v3, optional: true}",
            [("standard_e4s_v3\n  r", "${{parent.inputs.new}}\n  r")],
            id="constant",
        ),
        pytest.param(
            OPTIONAL,
            [
                (
                    "report.py",
                    "report.py $[[--new ${{inputs.x}}]]\n    inputs: {x: '${{parent.inputs.new}}'}",
                )
            ],
            id="through a step's own input",
        ),
    ],
)
def test_a_pipeline_hands_on_a_new_input(
    declaration: str, edits: list[tuple[str, str]], make_tree: MakeTree
) -> None:
    assert rules(make_tree, PIPELINE, with_input(PIPELINE, declaration, *edits)) == ADDED


def test_a_step_of_a_pipeline_does_not_see_the_pipelines_inputs_as_its_own(
    make_tree: MakeTree,
) -> None:
    declaration = "{type: string, default: standard_e4s_v3}"
    edit = ("instance_type: standard_e4s_v3", "instance_type: ${{inputs.new}}")
    after = with_input(PIPELINE, declaration, edit)

    assert rules(make_tree, PIPELINE, after) == {*ADDED, "schema_component_changed"}


def test_a_spark_setting_may_become_an_input(make_tree: MakeTree) -> None:
    before = COMMAND.replace("resources:\n", "conf:\n  spark.driver.cores: 1\nresources:\n")
    after = with_input(
        before, "{type: integer, default: 1}", ("cores: 1", "cores: ${{inputs.new}}")
    )

    assert rules(make_tree, before, after) == ADDED


KUBEFLOW = """\
name: score
description: Scores.
inputs:
- {name: data, type: String}
implementation:
  container:
    image: score:1
    args: [--data, {inputValue: data}]
"""


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        pytest.param(("Scores.", "Scores data."), "schema_documentation_changed", id="description"),
        pytest.param(("String", "Integer"), "schema_changed", id="an input"),
        pytest.param(("score:1", "score:2"), "image_tag_changed", id="the image"),
        pytest.param(("--data", "--rows"), "schema_component_changed", id="what it runs"),
    ],
)
def test_judges_a_component_of_kubeflow(
    edit: tuple[str, str], expected: str, make_tree: MakeTree
) -> None:
    assert rules(make_tree, KUBEFLOW, KUBEFLOW.replace(*edit)) == {expected}


@pytest.mark.parametrize(
    ("path", "before", "after", "expected"),
    [
        pytest.param(PATH, COMMAND, COMMAND + "x: &a 1\n", "could_not_analyse", id="anchor"),
        pytest.param(PATH, COMMAND, "- 1\n", "could_not_analyse", id="a list"),
        pytest.param(PATH, "a: 1\n", "a: 2\n", "unrecognised", id="no component"),
        pytest.param(
            "environment/src/settings.yml",
            "inputs: {a: {type: number}}\ncode: x\n",
            "inputs: {a: {type: number}, b: {default: 1}}\ncode: x\n",
            "unrecognised",
            id="data of the code",
        ),
    ],
)
def test_what_is_no_component_is_not_taken_for_one(
    path: str, before: str, after: str, expected: str, make_tree: MakeTree
) -> None:
    assert expected in rules(make_tree, before, after, path)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("$[[" * 6_000, id="blocks without an end"),
        pytest.param("'\"" * 8_000, id="quotes"),
        pytest.param("--a ${{inputs.new}} " * 1_500, id="words"),
        pytest.param("${{" * 6_000, id="references without an end"),
    ],
)
@pytest.mark.timeout(5)
def test_a_hostile_command_costs_no_more_than_its_length(text: str, make_tree: MakeTree) -> None:
    quoted = text.replace("'", "''")
    sides = [f"type: command\ncommand: '{side}{quoted}'\n" for side in ("a ", "b ")]

    assert rules(make_tree, *sides) == {"schema_component_changed"}
