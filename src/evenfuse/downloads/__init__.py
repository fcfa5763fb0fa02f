"""Data files brought here: from folders or the web, whole, verified and at most once."""
