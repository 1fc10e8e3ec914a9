"""Real calls to the emulated organisation, as everybody whom the plan knows and as some whom it does not.

Each answer is compared with what the evaluator says of the Plan: the calls are decided by what was deployed.
"""
