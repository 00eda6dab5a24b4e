import logging

logger = logging.getLogger(__name__)


def score(model, sensor_id, window):
    result, confidence = model.predict(window)
    logger.info(f"Prediction for sensor {sensor_id}: {result}, confidence: {confidence}")
    return result
