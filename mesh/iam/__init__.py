"""Every policy document of the mesh as a value: one function per document, one module per subject."""
