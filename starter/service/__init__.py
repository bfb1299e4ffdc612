"""The HTTP API: what `pingtai serve` answers."""
