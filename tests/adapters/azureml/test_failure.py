from dataclasses import replace
from json import JSONDecodeError
from types import ModuleType
from typing import TYPE_CHECKING

import pytest
from azure.ai.ml.exceptions import MlException
from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    DecodeError,
    DeserializationError,
    HttpResponseError,
    ODataV4Format,
    ServiceRequestError,
    ServiceResponseError,
)

from bot.adapters.azureml import AzureCloud, AzureSettings
from bot.adapters.azureml.failure import azure_call, describe
from bot.errors import BotError

if TYPE_CHECKING:
    from tests.adapters.azureml.conftest import Place

TOKEN = "Bearer eyJhbGciOi"


def ml_exception(message: str, cause: Exception | None = None) -> MlException:
    error = MlException(message=TOKEN, no_personal_data_message=message)
    error.__cause__ = cause
    return error


def failed_operation() -> HttpResponseError:
    error = HttpResponseError(TOKEN)
    error.status_code = 200
    error.error = ODataV4Format({"code": "OutOfCapacity", "message": "The region is full."})
    return error


@pytest.mark.parametrize(
    ("error", "said"),
    [
        pytest.param(ServiceRequestError(TOKEN), "the service cannot be reached", id="no route"),
        pytest.param(ServiceResponseError(TOKEN), "the service did not answer", id="no answer"),
        pytest.param(DecodeError(TOKEN), "the answer cannot be read", id="not JSON"),
        pytest.param(
            ClientAuthenticationError(TOKEN),
            "signing in was refused, or no credential is set up",
            id="sign-in",
        ),
        pytest.param(HttpResponseError(TOKEN), "no status no reason given", id="no body"),
        pytest.param(failed_operation(), "OutOfCapacity: The region is full", id="operation"),
        pytest.param(AzureError(TOKEN), "AzureError", id="unknown"),
        pytest.param(ml_exception("Bad\x1b[32m thing.\n"), "Bad [32m thing", id="of the SDK"),
        pytest.param(ml_exception("x" * 400), "x" * 299 + "…", id="long"),
        pytest.param(
            ml_exception("?", ServiceRequestError(TOKEN)),
            "the service cannot be reached",
            id="of the SDK, with a cause",
        ),
    ],
)
def test_says_what_went_wrong_and_nothing_that_may_be_secret(error: AzureError, said: str) -> None:
    assert describe(error) == said


def test_names_the_call_and_what_it_may_have_done() -> None:
    with pytest.raises(BotError) as raised, azure_call("sharing x", sent="perhaps"):
        raise ServiceRequestError(TOKEN)

    assert raised.value.what == "Azure: sharing x failed: the service cannot be reached."
    assert raised.value.done == "perhaps"


@pytest.mark.parametrize(
    "error", [JSONDecodeError("no", "<html>", 0), DeserializationError("no")], ids=["json", "shape"]
)
def test_an_answer_that_is_not_the_services_is_one_sentence(error: Exception) -> None:
    with pytest.raises(BotError, match="reading x failed: the answer cannot be read"):
        raise_inside(error)


def test_what_the_sdk_stumbles_over_is_no_bug_of_ours() -> None:
    stumbling = ModuleType("azure.sandboxed")
    exec("def read(answer): return answer['api']", vars(stumbling))  # noqa: S102 - as the SDK does

    with pytest.raises(BotError, match="the answer cannot be read"), azure_call("finding jobs"):
        stumbling.read({})


def raise_inside(error: Exception) -> None:
    with azure_call("reading x"):
        raise error


def test_leaves_bugs_alone() -> None:
    with pytest.raises(KeyError), azure_call("x"):
        raise KeyError


def test_an_unreachable_azure_is_one_sentence(
    place: "Place", monkeypatch: pytest.MonkeyPatch
) -> None:
    page = "https://127.0.0.1:1/metadata/endpoints?api-version=2019-05-01"
    monkeypatch.setenv("ARM_CLOUD_METADATA_URL", page)
    cloud = AzureCloud(place.platform, AzureSettings(retries=0, backoff=0.0))

    with pytest.raises(BotError) as raised:
        cloud.deployments("production")

    assert raised.value.what == (
        "Azure: reading the clouds that ARM_CLOUD_METADATA_URL lists failed: "
        "the service cannot be reached."
    )


def test_never_goes_on_with_another_cloud_than_the_one_asked_for(
    place: "Place", monkeypatch: pytest.MonkeyPatch
) -> None:
    url = place.sandbox.url.replace("127.0.0.1", "localhost")
    monkeypatch.setenv("ARM_CLOUD_METADATA_URL", f"{url}/metadata/endpoints?api-version=2019-05-01")
    cloud = AzureCloud(place.platform)

    with pytest.raises(BotError, match="lists no cloud of that address"):
        cloud.environment("dev", "custom-tf-env", "1.0.0")


def test_a_missing_workspace_is_not_a_missing_version(place: "Place") -> None:
    stages = {**place.platform.stages}
    stages["dev"] = replace(stages["dev"], workspace="gone")
    cloud = AzureCloud(replace(place.platform, stages=stages))

    with pytest.raises(BotError, match=r"reading environment .* of dev failed: 404"):
        cloud.environment("dev", "custom-tf-env", "1.0.0")
