import numpy as np


def score(model, data):
    return model.predict(data)


def calculate_confidence_interval(predictions):
    """Return the bounds that hold 95 % of the predictions."""
    return np.percentile(predictions, [2.5, 97.5])
