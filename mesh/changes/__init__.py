"""Changes: two planned meshes beside each other, as a report about who gains and loses what, in words."""
