"""The reference of the documentation, written from the code: commands, keys of YAML files, components."""
