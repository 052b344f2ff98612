"""Names of the methods that need no training."""

# The input as a model on the HR grid gets it.
UNCHANGED = "unchanged"
INTERPOLATIONS = (UNCHANGED, "nearest", "bilinear", "bicubic", "lanczos")
# What every gain is measured against.
REFERENCE = "bicubic"
