"""Data of a sample in a deployed mesh: written by pipelines, published, refused, read by people, given to partners."""
