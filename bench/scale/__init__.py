"""How far one engine goes: kick-offs in masses, ten thousand open platforms, workers, restarts."""
