"""Runs over the stacks of a mesh, under the embedded engine or Pulumi's own, and the organisation that is served."""
