"""The program `superres`: pictures upscaled and compared without the workflow."""
