"""Names of the methods that need no training."""

INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "lanczos")
# What every gain is measured against.
REFERENCE = "bicubic"
