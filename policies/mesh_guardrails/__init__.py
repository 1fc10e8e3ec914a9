"""What no stack of the mesh may do: the rules (`rules`), and how Pulumi's policy host runs them (`pack`)."""
