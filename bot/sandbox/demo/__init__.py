"""The story of one release, played against the sandbox and checked at each step."""
