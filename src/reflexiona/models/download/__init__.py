"""Bringing a file from the network: the only network code of Reflexiona, imported only when something is installed."""
