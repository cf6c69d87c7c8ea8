"""The speeds that the project promises, measured as ratios inside one run."""
