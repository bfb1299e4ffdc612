"""Erasing terms: what stands in the way, the work itself, and what an auditor sees of it afterwards."""
