"""Pictures of the documentation, drawn from the sample mesh, each for light pages and for dark ones."""
