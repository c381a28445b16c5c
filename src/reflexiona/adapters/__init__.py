"""The only importers of third-party engines, one library each."""
