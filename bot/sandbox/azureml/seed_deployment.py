"""One seeded endpoint or deployment: settings that differ from circuit to circuit.

They differ so that "every other field unchanged" can be seen to hold, or not to.
"""

import hashlib
from dataclasses import dataclass
from typing import TypeVar

from bot.core.config.circuit import CircuitId
from bot.sandbox.azureml.exchange import Json, system_data
from bot.sandbox.azureml.inference import resource, with_defaults
from bot.sandbox.azureml.roles import OPERATOR

DRIVER = '''"""Scores a mini batch with the code that the environment brings."""

from scoring import score


def init():
    score.load_model()


def run(mini_batch):
    return score.score_files(mini_batch)
'''

_OWNERS = ("condition-monitoring", "plant-operations", "reliability", "energy")
_LEVELS = ("info", "warning", "debug")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Circuit:
    """What a deployment of one circuit refers to, as ids."""

    id: CircuitId
    environment: str
    model: str
    code: str
    compute: str
    location: str


def endpoint(key: str, plant: str, location: str) -> Json:
    """Return the body of a plant's endpoint."""
    properties: Json = {
        "authMode": "AADToken",
        "description": f"Batch scoring of plant {plant}",
        "properties": {},
        "defaults": None,
        "keys": None,
    }
    sent: Json = {"location": location, "tags": {"plant": plant}}
    body = resource(key, "batchEndpoints", sent, properties)
    return {**body, "systemData": system_data(OPERATOR)}


def deployment(key: str, circuit: Circuit) -> Json:
    """Return the body of a circuit's deployment; the same circuit gives the same settings."""
    draw = hashlib.sha256(str(circuit.id).encode()).digest()
    properties: Json = {
        "partitionKeys": None,
        "deploymentConfiguration": None,
        "description": f"Scores circuit {circuit.id}",
        "environmentId": circuit.environment,
        "model": {"referenceType": "Id", "assetId": circuit.model},
        "codeConfiguration": {"codeId": circuit.code, "scoringScript": "batch_driver.py"},
        "compute": circuit.compute,
        "properties": {"alert_rule": f"alerts-{draw[0] % 5}"} if draw[0] % 3 == 0 else {},
        **with_defaults(_settings(circuit.id, draw)),
    }
    sent: Json = {"location": circuit.location, "tags": _tags(circuit.id, draw)}
    body = resource(key, "batchEndpoints/deployments", sent, properties)
    return {**body, "systemData": system_data(OPERATOR)}


def _settings(circuit: CircuitId, draw: bytes) -> Json:
    return {
        "errorThreshold": 0,
        "miniBatchSize": _pick(draw[1], (5, 10, 20, 50)),
        "maxConcurrencyPerInstance": _pick(draw[2], (1, 2, 4)),
        "loggingLevel": _pick(draw[3], _LEVELS),
        "outputAction": "AppendRow",
        "outputFileName": _pick(draw[4], ("predictions.csv", f"{circuit.circuit}.csv")),
        "environmentVariables": {
            "PLANT_ID": circuit.plant,
            "CIRCUIT_ID": circuit.circuit,
            "SEQUENCE_LENGTH": str(_pick(draw[5], (12, 24, 48))),
        },
        "retrySettings": {
            "maxRetries": _pick(draw[6], (1, 3, 5)),
            "timeout": _pick(draw[7], ("PT30S", "PT5M", "PT10M")),
        },
        "resources": {
            "instanceCount": _pick(draw[8], (1, 2, 3)),
            "instanceType": None,
            "properties": {},
        },
    }


def _tags(circuit: CircuitId, draw: bytes) -> dict[str, str]:
    tags = {
        "plant": circuit.plant,
        "circuit": circuit.circuit,
        "owner": _pick(draw[9], _OWNERS),
        "cost_centre": f"CC-{1000 + draw[10] % 8}",
    }
    return {**tags, "criticality": "high"} if draw[11] % 4 == 0 else tags


def _pick(number: int, choices: tuple[_T, ...]) -> _T:
    return choices[number % len(choices)]
