import os


def score(path):
    return os.stat(path)
