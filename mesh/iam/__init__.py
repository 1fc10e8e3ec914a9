"""Policy documents as values: one file an entity that carries a policy, one function a document."""
