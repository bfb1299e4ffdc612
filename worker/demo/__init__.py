"""The demo: real lives of platforms on the real servers, with time skipped."""
