"""Each way to forge that `docs/forgeries.md` lists, tried; and the list held against what is tried."""
