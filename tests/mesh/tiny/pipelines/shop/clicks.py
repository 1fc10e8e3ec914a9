"""Clicks of the day, with what is known of customers."""

import sys

print(sys.argv)
