"""Signing with people's keys: in files, in their agent, in hardware tokens. Nothing here is kept or sent."""
