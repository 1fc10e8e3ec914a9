"""Rules of the policy pack as data, for validation, which does not import the pack."""
