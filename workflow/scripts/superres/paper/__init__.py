"""The paper's published numbers, and findings about them."""
