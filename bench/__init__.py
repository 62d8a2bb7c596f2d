"""Benchmarks: CPU of the server's processes, ratios within one run, median of several."""
