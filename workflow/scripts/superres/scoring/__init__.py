"""Scores of images and statistics on them."""
