"""Clicks of the day, with what is known of customers."""

import sys

sys.stdout.write(" ".join(sys.argv))
