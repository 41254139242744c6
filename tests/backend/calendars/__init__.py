"""Tests of the same tree."""
