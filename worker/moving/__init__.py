"""`pingtai move`: what belongs to a worker of the Temporal that is left, and of the other."""
