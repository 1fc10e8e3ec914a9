"""Parcels of the day."""

import sys

sys.stdout.write(" ".join(sys.argv))
