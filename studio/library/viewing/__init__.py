"""Sources as people see them: pages, rows and texts with the passage marked."""
