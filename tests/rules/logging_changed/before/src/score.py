def score(model, sensor_id, window):
    result, confidence = model.predict(window)
    print(f"Prediction: {result}")
    return result
