"""The report of a dossier: one HTML file in each language, which needs nothing else."""
