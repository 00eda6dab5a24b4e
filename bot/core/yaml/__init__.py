"""Restricted YAML: read with positions, edited by splices that are proven by reading again."""
