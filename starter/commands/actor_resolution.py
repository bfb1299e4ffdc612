"""Who takes a decision: what a call says by flag, file and environment, and the profile for the rest."""

from collections.abc import Mapping
from typing import Any

from starter.commands.deciding_roles import outcome_of, roles_for
from starter.commands.decision_form import ACTOR
from starter.desk.profile import Profile, ProfileRole, read_profile
from starter.errors import BadInput
from starter.terminal.screen import complain
from workflows.name_comparison import same_name
from workflows.vocabulary import Kind, Role
from workflows.words import Words

_DISTRICT, _CODE = (
    next(part for part in ACTOR if part.field == field) for field in ("district", "credit_code")
)


class ActorResolver:
    """Fills in who acts. Flags go before the file, it before the environment, and that before the profile.

    A role that was chosen by `--as` goes before the file, as a flag does.
    """

    def __init__(
        self, given: Mapping[str, Any], preset: frozenset[str], called: str | None
    ) -> None:
        """Go by a call's flags; `preset` are those whose value only fills in what is left open."""
        self._given = given
        self._preset = preset
        self._called = called
        self._profile: Profile | None = None
        self._asked = False
        self._told: set[str] = set()
        self.by_profile = False
        """Whether the profile says something of the actor that was completed last."""

    def actor(self, raw: Mapping[str, Any], kind: Kind | None = None) -> Any:
        """The `actor` of a decision of this kind, as far as it is known; without a kind, of no decision.

        Raises:
            BadInput: `--as` names no role of the profile, or the profile cannot be read.
            InvalidMessage: a field of the profile does not fit.
        """
        self.by_profile = False
        before = raw.get("actor", {})
        if not isinstance(before, dict):
            return before  # the model says what is wrong with it
        able = roles_for(kind, outcome_of(kind, raw)) if kind else ()
        actor = dict(before)
        if self._called:
            actor |= self._called_role(actor)
        for part in ACTOR:
            value = self._given.get(part.name)
            if value is not None and not (part.name in self._preset and part.field in actor):
                actor[part.field] = value
        if not self._called and not {"id", "organisation"} <= actor.keys():
            self._fill_in(actor, able)
        self._drop_code_of_another(actor, before)
        if able:
            actor.setdefault("role", str(able[0]))
        preset = _DISTRICT.name in self._preset and "district" not in before
        if preset and actor.get("role") != Role.DISTRICT:
            actor.pop("district", None)  # only district staff speak for a district
        return actor

    def _drop_code_of_another(self, actor: dict[str, Any], before: Mapping[str, Any]) -> None:
        """Leave out a profile's credit code where a flag or the file names another organisation."""
        profile = self._profile
        if profile is None or "credit_code" in before or self._given.get(_CODE.name):
            return
        own = [one for one in profile.roles if one.credit_code == actor.get("credit_code")]
        if not any(same_name(one.organisation, str(actor.get("organisation", ""))) for one in own):
            actor.pop("credit_code", None)

    def _called_role(self, actor: dict[str, Any]) -> dict[str, Any]:
        profile = self._read()
        if profile is None:
            raise BadInput(
                "--as needs a profile. Run: pingtai login",
                "--as 需要个人配置。请先运行：pingtai login",
            )
        self.by_profile = True
        for field in ("district", "credit_code"):
            actor.pop(field, None)
        return _as_said(profile, profile.role(self._called))

    def _fill_in(self, actor: dict[str, Any], able: tuple[Role, ...]) -> None:
        profile = self._read()
        # Another person's name with this one's office would be nobody.
        if profile is None or actor.get("id", profile.id) != profile.id:
            return
        self.by_profile = True
        role = self._fitting(profile, actor.get("role"), able)
        for field, value in _as_said(profile, role).items():
            actor.setdefault(field, value)

    def _fitting(self, profile: Profile, said: Any, able: tuple[Role, ...]) -> ProfileRole:
        """The role of the profile that was said; else the first that may decide; else the first of all."""
        first = profile.roles[0]
        wanted = (said,) if said else able or (first.role,)
        fitting = next((role for role in profile.roles if role.role in wanted), first)
        if fitting is not first and not said:
            self._tell(fitting)
        return fitting

    def _tell(self, role: ProfileRole) -> None:
        if role.called not in self._told:
            self._told.add(role.called)
            complain(
                Words(
                    f"Acting as {role.shown.en} ({role.organisation}), your role for this decision.",
                    f"以“{role.shown.zh}”（{role.organisation}）身份办理此事项。",
                )
            )

    def _read(self) -> Profile | None:
        if not self._asked:
            self._asked, self._profile = True, read_profile()
        return self._profile


def _as_said(profile: Profile, role: ProfileRole) -> dict[str, Any]:
    said: dict[str, Any] = profile.actor(role).model_dump(mode="json", exclude_none=True)
    return said
