"""Super-resolution library of this workflow; it knows nothing of Snakemake."""

import os

# TensorFlow reads this when it is imported; its own errors reach us as exceptions, and all else
# would bury the log of a step.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
