"""Architectures and work on a network except training: files, costs, prediction."""
