"""Schemas of data and contracts of components, compared by whom a difference can hurt."""
