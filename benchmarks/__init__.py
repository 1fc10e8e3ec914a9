"""Speed and memory, as ratios against a floor or a peer in one run: `make bench`, or one file with `python -m`."""
