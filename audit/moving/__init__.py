"""Moving open cases from one Temporal to another, while the system runs: `pingtai move`."""
