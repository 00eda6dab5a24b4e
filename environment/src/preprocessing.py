"""Clean readings, and scale them as the model saw them in training."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

SENSOR_COLUMNS = ("temperature", "pressure", "flow")
MAX_GAP = 3  # readings; a longer gap is left out, not filled


@dataclass(frozen=True)
class Scaler:
    """Mean and standard deviation of each sensor column in the training data."""

    mean: dict[str, float]
    std: dict[str, float]

    def transform(self, readings: pd.DataFrame) -> pd.DataFrame:
        """Return the readings as z-scores; a constant column becomes zero."""
        scaled = readings.copy()
        for column in SENSOR_COLUMNS:
            spread = self.std[column] or 1.0
            scaled[column] = (readings[column] - self.mean[column]) / spread
        return scaled

    def restore_temperature(self, value: float) -> float:
        """Return a scaled temperature in degrees Celsius."""
        return value * (self.std["temperature"] or 1.0) + self.mean["temperature"]


def load_scaler(path: Path) -> Scaler:
    """Return the scaler that training stored beside the model."""
    stored = json.loads(path.read_text(encoding="utf-8"))
    return Scaler(mean=stored["mean"], std=stored["std"])


def clean(readings: pd.DataFrame) -> pd.DataFrame:
    """Return the readings in time order, short gaps filled, rows with longer gaps left out."""
    ordered = readings.sort_values("timestamp").reset_index(drop=True)
    columns = list(SENSOR_COLUMNS)
    ordered[columns] = ordered[columns].interpolate(limit=MAX_GAP)
    return ordered.dropna(subset=columns)
