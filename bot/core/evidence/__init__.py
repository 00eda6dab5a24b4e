"""Evidence notebooks: read, never run, and turned into a checklist."""
