"""Sensor predictions for one circuit: preprocessing, features and scoring."""
