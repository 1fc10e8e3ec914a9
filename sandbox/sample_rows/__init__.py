"""Sample rows: tables full of made-up values that hold what the contracts of a mesh say."""
