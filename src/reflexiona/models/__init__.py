"""Local model files: which there are, checking and bringing them."""
