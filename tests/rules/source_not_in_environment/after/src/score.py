def score(x):
    """Return twice the reading."""
    return 2 * x
