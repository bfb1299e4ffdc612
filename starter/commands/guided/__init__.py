"""Deciding at a terminal: what is missing is asked for, with the rulebook's word on the step."""
