"""Who reads what: chains of requests, Lake Formation, the matrix, and the explanation of each answer."""
