"""The checker of the fault campaign."""
