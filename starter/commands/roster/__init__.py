"""`pingtai roster`: who may sign, and with which keys."""
