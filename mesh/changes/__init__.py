"""Changes: from one planned mesh to another, who gains and loses what, and what breaks, in words."""
