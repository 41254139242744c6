"""Conversations, each as a transcript."""
