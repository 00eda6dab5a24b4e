"""Turn cleaned, scaled readings into the windows that the model expects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .preprocessing import SENSOR_COLUMNS

if TYPE_CHECKING:
    import pandas as pd

ROLLING_READINGS = 6
FEATURE_COLUMNS = (*SENSOR_COLUMNS, "temperature_rolling", "flow_change")


def add_features(scaled: pd.DataFrame) -> pd.DataFrame:
    """Return the readings with the derived columns of `FEATURE_COLUMNS`."""
    features = scaled.copy()
    rolling = features["temperature"].rolling(ROLLING_READINGS, min_periods=1)
    features["temperature_rolling"] = rolling.mean()
    features["flow_change"] = features["flow"].diff().fillna(0.0)
    return features


def latest_window(features: pd.DataFrame, sequence_length: int) -> np.ndarray:
    """Return the last `sequence_length` readings as one batch of shape (1, length, features).

    A sensor with fewer readings is padded at the start with its first one.
    """
    values = features[list(FEATURE_COLUMNS)].to_numpy(dtype=np.float32)[-sequence_length:]
    missing = sequence_length - len(values)
    if missing:
        values = np.concatenate([np.repeat(values[:1], missing, axis=0), values])
    return values[np.newaxis]
