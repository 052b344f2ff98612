"""Photos on their way to training: sources, archives, splits, files of LR/HR pairs."""
