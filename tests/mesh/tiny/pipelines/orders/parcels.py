"""Parcels of the day."""

import sys

print(sys.argv)
