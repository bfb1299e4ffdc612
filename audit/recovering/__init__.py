"""Going on with cases that no engine has any more, from their logs: `pingtai recover`."""
