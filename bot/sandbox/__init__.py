"""Loopback servers that speak the wire of GitHub and of Azure Machine Learning."""
