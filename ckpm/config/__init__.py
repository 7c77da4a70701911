"""Settings and where each comes from; descriptions of platforms."""
