"""The HTTP intake: what `pingtai serve` answers."""
