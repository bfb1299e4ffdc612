"""`pingtai doctor`: hold the live system against what docs/deployment.md asks for."""
