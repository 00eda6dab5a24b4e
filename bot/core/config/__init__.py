"""The files that people write: circuits, platform, policy, template; and the bulk edit of them."""
