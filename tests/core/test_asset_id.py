import pytest

from bot.core.asset_id import (
    AssetId,
    is_same_asset,
    label,
    loadable,
    parse_asset_id,
    with_version,
)

ARM = (
    "/subscriptions/S1/resourceGroups/Rg/providers/Microsoft.MachineLearningServices"
    "/workspaces/Ws/environments/tf/versions/1.5.0"
)
REGISTRY = "azureml://registries/Reg/environments/tf/versions/1.5.0"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        pytest.param(ARM, "workspaces/s1/rg/ws", id="ARM id"),
        pytest.param(f"azureml:{ARM}", "workspaces/s1/rg/ws", id="ARM id after azureml:"),
        pytest.param(
            "azureml://subscriptions/s1/resourcegroups/rg/workspaces/ws/environments/tf"
            "/versions/1.5.0",
            "workspaces/s1/rg/ws",
            id="long azureml id",
        ),
        pytest.param(REGISTRY, "registries/reg", id="registry"),
        pytest.param(
            "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices"
            "/registries/REG/environments/tf/versions/1.5.0",
            "registries/reg",
            id="registry as ARM id",
        ),
        pytest.param("tf:1.5.0", "", id="short"),
        pytest.param("azureml:tf:1.5.0", "", id="short after azureml:"),
    ],
)
def test_reads_every_spelling(text: str, place: str) -> None:
    assert parse_asset_id(text) == AssetId(place, "tf", "1.5.0")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("tf", id="no version"),
        pytest.param("tf@latest", id="a label, which moves"),
        pytest.param("azureml://registries/reg/environments/tf/labels/latest", id="long label"),
        pytest.param(f"{ARM}/extra", id="something after the version"),
    ],
)
def test_takes_nothing_else_for_an_id(text: str) -> None:
    assert parse_asset_id(text) is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param(ARM, ARM.replace("resourceGroups", "resourcegroups"), True, id="ARM case"),
        pytest.param(ARM, f"azureml:{ARM.lower()}", True, id="case of every ARM part"),
        pytest.param(ARM, "tf:1.5.0", True, id="short form fits any place"),
        pytest.param(ARM, REGISTRY, False, id="another place"),
        pytest.param(REGISTRY, REGISTRY.replace("1.5.0", "1.5.00"), False, id="another version"),
        pytest.param(REGISTRY, REGISTRY.replace("/tf/", "/TF/"), False, id="names have case"),
        pytest.param(None, None, True, id="both none"),
        pytest.param(REGISTRY, None, False, id="one none"),
        pytest.param("tf@latest", "tf@latest", True, id="unparsable, same text"),
        pytest.param("tf@latest", "tf:1.5.0", False, id="unparsable, other text"),
    ],
)
def test_compares_what_is_identified(one: str | None, other: str | None, same: bool) -> None:
    assert is_same_asset(one, other) is same
    assert is_same_asset(other, one) is same


@pytest.mark.parametrize("text", [ARM, REGISTRY, "tf:1.5.0"])
def test_gives_another_version_in_the_same_spelling(text: str) -> None:
    assert with_version(text, "2.0.0") == text.replace("1.5.0", "2.0.0")


def test_refuses_another_version_of_what_has_none() -> None:
    with pytest.raises(ValueError, match="does not end in a version"):
        with_version("tf", "2.0.0")


@pytest.mark.parametrize(
    ("text", "shown"), [(ARM, "tf:1.5.0"), (None, "none"), ("tf@latest", "tf@latest")]
)
def test_shows_people_the_short_form(text: str | None, shown: str) -> None:
    assert label(text) == shown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(ARM, f"azureml:{ARM}", id="ARM id"),
        pytest.param(f"azureml:{ARM}", f"azureml:{ARM}", id="ARM id after azureml:"),
        pytest.param(
            ARM.replace("resourceGroups", "resourcegroups").replace("Microsoft", "microsoft"),
            f"azureml:{ARM}",
            id="ARM id in another case",
        ),
        pytest.param(
            "azureml://subscriptions/S1/resourcegroups/Rg/workspaces/Ws/environments/tf"
            "/versions/1.5.0",
            f"azureml:{ARM}",
            id="long azureml id",
        ),
        pytest.param(REGISTRY, REGISTRY, id="registry"),
        pytest.param(
            "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices"
            "/registries/Reg/environments/tf/versions/1.5.0",
            REGISTRY,
            id="registry as ARM id",
        ),
        pytest.param("tf:1.5.0", "azureml:tf:1.5.0", id="short"),
        pytest.param("azureml:tf:1.5.0", "azureml:tf:1.5.0", id="short after azureml:"),
        pytest.param("/subscriptions/s/odd", "azureml:/subscriptions/s/odd", id="another ARM id"),
        pytest.param("azureml:tf@latest", "azureml:tf@latest", id="a label"),
    ],
)
def test_the_sdk_loads_one_spelling_of_each(text: str, expected: str) -> None:
    assert loadable(text) == expected
