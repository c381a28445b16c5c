"""Conversations, drafts and plans on disk."""
