"""Comment commands: one registry, the parser, the help, and who may give them."""
