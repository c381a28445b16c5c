"""Reflexiona: a local, private reflection tool for Spanish-speaking freelancers."""

__version__ = "0.1.0"
