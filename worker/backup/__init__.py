"""`pingtai backup` and `pingtai restore`: the whole of an installation in one verified file."""
