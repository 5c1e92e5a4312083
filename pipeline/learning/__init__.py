"""Retrain the learned components from gold and from what reviewers decided, and measure what that brought."""
