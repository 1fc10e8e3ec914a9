"""Benchmarks of speed and memory, as ratios of one run: `make bench`, or one file with `python -m`."""
