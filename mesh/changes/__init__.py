"""Changes: the difference of two planned meshes, as a report about who gains and loses what, in words."""
