import inspect
from pathlib import Path

import pytest
from azure.ai.ml.entities import ModelBatchDeploymentSettings

from bot.core.config.template import Settings, read_template
from bot.errors import InvalidFileError

TEXT = "compute: cluster\ncode_configuration: {code: deployment, scoring_script: driver.py}\n"


@pytest.mark.parametrize(
    ("addition", "message"),
    [
        pytest.param("settings: {error_threshold: -1}", "ignore every failed", id="threshold"),
        pytest.param("settings: {error_threshold: false}", "ignore every failed", id="boolean"),
        pytest.param("settings: {output_action: print}", "`append_row` or", id="action"),
        pytest.param("settings: {mini_batch: 5}", "`settings.mini_batch`", id="unknown key"),
        pytest.param("settings: {retry_settings: {timeout: 0}}", "seconds", id="timeout"),
        pytest.param("settings: {environment_variables: {A: 1}}", "got `int`", id="variable"),
        pytest.param("resources: {instance_count: 0}", "from 1 to 100", id="instances"),
    ],
)
def test_refuses_with_what_would_be_right(addition: str, message: str) -> None:
    with pytest.raises(InvalidFileError) as caught:
        read_template((TEXT + addition).encode())

    assert message in str(caught.value)


@pytest.mark.parametrize("folder", ["../x", "/x", "a/../b", "a//b", ".", "a/"])
def test_refuses_a_folder_outside_the_repository(folder: str) -> None:
    with pytest.raises(InvalidFileError, match="a folder of this repository"):
        read_template(TEXT.replace("code: deployment", f"code: {folder}").encode())


def test_no_failed_input_is_ignored_unless_somebody_says_so() -> None:
    assert read_template(TEXT.encode()).settings.error_threshold == 0


def test_settings_are_called_as_the_sdk_calls_them() -> None:
    known = inspect.signature(ModelBatchDeploymentSettings).parameters

    assert set(Settings.__struct_fields__) <= set(known)


def test_reads_the_sample_file(checkout: Path) -> None:
    template = read_template((checkout / "config" / "deployment-template.yml").read_bytes())

    assert template.code_configuration.scoring_script == "batch_driver.py"
