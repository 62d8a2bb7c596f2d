"""Contracts of core_group, a file for each noun."""
