"""What `pingtai doctor` finds on a real Temporal and a real register."""
