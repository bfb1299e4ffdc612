"""The form of `pingtai login`: who sits at the desk, and in which role."""

from collections.abc import Mapping

from starter.commands.guided.dialogue import GO_BACK, Dialogue
from starter.commands.guided.nested_forms import ask_field
from starter.terminal.screen import show
from workflows.actors import Actor
from workflows.vocabulary import Role


def asked_person() -> str:
    """Ask for the id alone: the roster may know the rest."""
    talk = Dialogue()

    def ask() -> str:
        with talk.part("id"):
            return str(ask_field(talk, Actor, "id"))

    return talk.run(ask)


def asked(said: Mapping[str, str | None]) -> dict[str, str | None]:
    """What the flags said, and what they did not say, asked for."""
    if not all(said[name] for name in ("person", "role", "organisation")):
        show(GO_BACK)
    talk = Dialogue()

    def ask() -> dict[str, str | None]:
        answers = dict(said)
        for name, field in (("person", "id"), ("role", "role"), ("organisation", "organisation")):
            with talk.part(field):
                answers[name] = said[name] or ask_field(talk, Actor, field)
        if answers["role"] == Role.DISTRICT and not said["district"]:
            with talk.part("district"):
                answers["district"] = ask_field(talk, Actor, "district")
        if answers["role"] == Role.OPERATOR and not said["credit_code"]:
            with talk.part("credit_code"):
                answers["credit_code"] = ask_field(talk, Actor, "credit_code", needed=False)
        return answers

    return talk.run(ask)
