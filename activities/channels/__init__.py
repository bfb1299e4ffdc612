"""The channels of notices: e-mail, webhook, file; each is a `Channel` (`activities.notice_delivery`)."""
