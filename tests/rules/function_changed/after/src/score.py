def scale(x):
    return (x - x.min()) / (x.max() - x.min())
