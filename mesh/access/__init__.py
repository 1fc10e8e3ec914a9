"""Access of people and roles to products: chains of requests, Lake Formation, the matrix, and explanations."""
