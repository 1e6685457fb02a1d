"""The unit of work: recorded operations become one batch, and its answer becomes the new state."""
