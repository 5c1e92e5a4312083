"""Facts about how articles are laid out: list markers and phrases of page furniture."""
