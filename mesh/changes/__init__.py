"""Changes: from one planned mesh to another, who gains, who loses, and what breaks, in words."""
