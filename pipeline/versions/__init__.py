"""Articles that say the same: near copies of each other, and versions of one address."""
