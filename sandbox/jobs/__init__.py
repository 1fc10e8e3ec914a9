"""Jobs at work: what was deployed for a pipeline is run as its role, with what AWS would give it."""
