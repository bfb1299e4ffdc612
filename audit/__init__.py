"""For auditors: archive, replay, timeline, reconciliation, dossiers and daily digests."""
