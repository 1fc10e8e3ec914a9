"""AWS's limits of what the mesh emits, read from botocore's models and written to `mesh/aws/shapes.json`.

A development tool: `python -m tools.shapes` writes the file anew, `--check` says whether it is current. Nothing of
botocore is read when the mesh is planned.
"""
