"""Training with Keras: batches, losses, callbacks, checkpoints, devices."""
