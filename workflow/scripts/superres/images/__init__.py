"""Pictures read and written, and all work on pixels that takes no network."""
