"""Changes: differences of two meshes, in the words of the people whom they are about."""
