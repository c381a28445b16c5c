"""The worker process that owns models and indexes, and its client."""
