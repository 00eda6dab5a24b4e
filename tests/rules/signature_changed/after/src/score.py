def scale(x, ceiling, floor=0.0):
    return min(max(x, floor), ceiling)
