import cupy as np


def mean(x):
    return np.mean(x)
