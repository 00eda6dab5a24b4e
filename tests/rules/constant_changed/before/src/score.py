ROLLING_READINGS = 6


def window(x):
    return x[-ROLLING_READINGS:]
