def scale(x, floor=0.0):
    return max(x, floor)
