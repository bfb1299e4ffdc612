"""Deciding at a terminal: a form asks for what is missing and shows the rule of the step."""
