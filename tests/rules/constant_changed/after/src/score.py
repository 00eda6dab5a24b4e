ROLLING_READINGS = 12


def window(x):
    return x[-ROLLING_READINGS:]
