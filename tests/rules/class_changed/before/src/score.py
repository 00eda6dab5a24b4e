class Scaler:
    spread = 1.0
