"""What AWS says of itself, dated and with its source: facts that policies and proofs rest on, and no decision of ours."""
