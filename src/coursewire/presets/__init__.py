"""Ready-made roles, services and demonstration sites, as data and their application."""
