"""Facts of AWS about itself, dated and with their source, on which policies and proofs rest."""
