"""Contracts of core_cohort, a file for each noun."""
