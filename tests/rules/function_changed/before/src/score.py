def scale(x):
    return (x - x.mean()) / x.std()
