class Scaler:
    spread = 2.0
