"""The outside: git, GitHub, Azure Machine Learning, the Actions runner. No decisions."""
