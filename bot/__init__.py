"""envbot: a GitOps bot for Azure Machine Learning environments."""

__version__ = "0.1.0"
