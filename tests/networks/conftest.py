"""What pytest leaves alone here."""

# Runs in a process of its own; imported here, Keras would look for TensorFlow.
collect_ignore = ["keras_worker.py"]
