"""Dockerfiles: instructions, the commands inside RUN, and what differs between two of them."""
