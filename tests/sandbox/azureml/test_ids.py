import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.azureml.ids import AssetReference, Scope, parse_asset, parse_source, split_scope

SEGMENT = st.text("abcXYZ019-_.", min_size=1, max_size=12)
SCOPES = st.builds(Scope, SEGMENT, SEGMENT, st.sampled_from(["workspaces", "registries"]), SEGMENT)


@given(SCOPES, st.lists(SEGMENT, max_size=4))
def test_a_scope_is_found_at_the_start_of_its_resources(scope: Scope, rest: list[str]) -> None:
    assert split_scope(scope.key(*rest)) == (scope, rest)


@given(SCOPES, SEGMENT, SEGMENT)
def test_an_asset_id_leads_back_to_its_asset(scope: Scope, name: str, version: str) -> None:
    found = parse_asset(scope.asset_id("environments", name, version))

    assert found is not None
    assert (found.kind, found.name, found.version) == ("environments", name, version)


def test_the_case_of_fixed_parts_does_not_matter() -> None:
    text = "/SUBSCRIPTIONS/s/resourcegroups/g/Providers/microsoft.machinelearningservices"

    assert split_scope(f"{text}/Workspaces/w/Models") == (
        Scope("s", "g", "workspaces", "w"),
        ["Models"],
    )


def test_the_sdks_prefix_of_arm_ids_is_understood() -> None:
    scope = Scope("s", "g", "workspaces", "w")

    assert parse_asset(f"azureml:{scope.asset_id('models', 'm', '5')}") == AssetReference(
        "models", "m", "5", scope=scope
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("azureml:custom-tf-env:1.5.0", id="short form"),
        pytest.param("azureml://registries/r/environments/e", id="no version"),
        pytest.param("/subscriptions/s/resourceGroups/g", id="no workspace"),
    ],
)
def test_what_is_no_asset_id_is_none(text: str) -> None:
    assert parse_asset(text) is None


def test_the_source_of_an_import_names_workspace_and_asset() -> None:
    text = "azureml://locations/westeurope/workspaces/GUID-1/environments/e/versions/1.5.0"

    assert parse_source(text) == ("guid-1", "environments", "e", "1.5.0")
    assert parse_source("azureml://registries/r/environments/e/versions/1") is None
