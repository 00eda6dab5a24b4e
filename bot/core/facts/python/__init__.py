"""Python sources, compared by what they do as far as that can be proven without running them."""
