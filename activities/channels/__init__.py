"""The ways by which notices get to people: e-mail, webhook, file; each is an `activities.notices.Channel`."""
