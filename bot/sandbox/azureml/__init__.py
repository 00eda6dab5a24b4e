"""A server on loopback that answers what the Azure ML SDK sends: the sandbox's Azure."""
