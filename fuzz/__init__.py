"""Hostile texts thrown at everything that reads a pull request, each within two seconds."""
