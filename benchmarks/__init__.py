"""How long the hot paths take, as ratios to yardsticks that are measured in the same minute."""
