"""Batch scoring of one circuit: readings in, one prediction per sensor out.

The deployment's driver calls `init` once per process and `run` once per mini-batch.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from .features import add_features, latest_window
from .preprocessing import Scaler, clean, load_scaler

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np

MODEL_FOLDER = "model"


@dataclass(frozen=True)
class Scorer:
    """A trained model with everything that scoring needs beside it."""

    model: Any
    scaler: Scaler
    sequence_length: int

    def predict(self, window: np.ndarray) -> tuple[float, float]:
        """Return the predicted temperature in degrees Celsius, and the confidence in it."""
        value, confidence = self.model.predict(window, verbose=0)[0]
        return self.scaler.restore_temperature(float(value)), float(confidence)


_loaded: dict[str, Scorer] = {}


def init() -> None:
    """Load the model of the deployment; Azure ML says where it is."""
    folder = Path(os.environ["AZUREML_MODEL_DIR"]) / MODEL_FOLDER
    _loaded["scorer"] = load_scorer(folder)
    print(f"Model loaded: {folder}")


def load_scorer(folder: Path) -> Scorer:
    """Return the scorer stored in `folder` by training."""
    import tensorflow as tf  # noqa: PLC0415  slow: loaded once, where the model is

    settings = json.loads((folder / "settings.json").read_text(encoding="utf-8"))
    return Scorer(
        model=tf.keras.models.load_model(folder / "model.keras"),
        scaler=load_scaler(folder / "scaler.json"),
        sequence_length=settings["sequence_length"],
    )


def score_sensor(scorer: Scorer, sensor_id: str, readings: pd.DataFrame) -> dict[str, Any]:
    """Return the prediction that follows the readings of one sensor."""
    features = add_features(scorer.scaler.transform(clean(readings)))
    result, confidence = scorer.predict(latest_window(features, scorer.sequence_length))
    print(f"Prediction: {result}")
    return {
        "sensor_id": sensor_id,
        "timestamp": readings["timestamp"].max(),
        "prediction": result,
        "confidence": confidence,
    }


def score(scorer: Scorer, readings: pd.DataFrame) -> pd.DataFrame:
    """Return one row per sensor, in the order of the sensors' ids."""
    rows = [
        score_sensor(scorer, str(sensor_id), group)
        for sensor_id, group in readings.groupby("sensor_id", sort=True)
    ]
    return pd.DataFrame(rows)


def run(mini_batch: Iterable[str]) -> pd.DataFrame:
    """Return the predictions for a mini-batch of CSV files."""
    readings = pd.concat([pd.read_csv(path) for path in mini_batch], ignore_index=True)
    print(f"Scoring {len(readings)} readings")
    return score(_loaded["scorer"], readings)
