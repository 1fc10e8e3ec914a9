"""Clicks."""

import sys

match sys.argv:
    case []:
        pass
