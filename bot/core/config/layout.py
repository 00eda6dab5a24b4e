"""Where configs lie in the repository, and the keys of the versions in a circuit's.

Apart from what the configs may say, whose types take longer to load than most changes to judge.
"""

PLANTS = "config/plants"
POLICY = "config/policy.yml"
TRAINING_VERSION = ("training", "environment_version")
PRODUCTION_VERSION = ("deployment", "environment_version")
