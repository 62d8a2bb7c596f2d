"""The list of functions that this server answers, and those that Moodle has besides."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from coursewire.contracts.capabilities import KnownCapability
from coursewire.contracts.registry import entries
from coursewire.domain.activity_kinds import Kind
from coursewire.functions import (
    core_completion,
    core_course,
    core_files,
    core_grades,
    core_role,
    core_webservice,
    enrol_guest,
    enrol_manual,
    enrol_self,
    gradereport_overview,
    gradereport_user,
    mod_assign,
    mod_book,
    mod_data,
    mod_folder,
    mod_forum,
    mod_label,
    mod_lesson,
    mod_page,
    mod_quiz,
    mod_resource,
    mod_url,
    mod_workshop,
    tool_mobile,
)
from coursewire.functions.binding import AnyBound
from coursewire.functions.core_cohort import FUNCTIONS as CORE_COHORT
from coursewire.functions.core_enrol import FUNCTIONS as CORE_ENROL
from coursewire.functions.core_group import FUNCTIONS as CORE_GROUP
from coursewire.functions.core_user import FUNCTIONS as CORE_USER

BUILT_IN: tuple[AnyBound, ...] = (
    *core_webservice.FUNCTIONS,
    *CORE_GROUP,
    *enrol_manual.FUNCTIONS,
    *enrol_self.FUNCTIONS,
    *enrol_guest.FUNCTIONS,
    *CORE_ENROL,
    *core_course.FUNCTIONS,
    *CORE_USER,
    *gradereport_overview.FUNCTIONS,
    *core_role.FUNCTIONS,
    *CORE_COHORT,
    *tool_mobile.FUNCTIONS,
    *core_files.FUNCTIONS,
    *gradereport_user.FUNCTIONS,
    *core_grades.FUNCTIONS,
    *core_completion.FUNCTIONS,
    *mod_assign.FUNCTIONS,
    *mod_book.FUNCTIONS,
    *mod_data.FUNCTIONS,
    *mod_folder.FUNCTIONS,
    *mod_forum.FUNCTIONS,
    *mod_label.FUNCTIONS,
    *mod_lesson.FUNCTIONS,
    *mod_page.FUNCTIONS,
    *mod_quiz.FUNCTIONS,
    *mod_resource.FUNCTIONS,
    *mod_url.FUNCTIONS,
    *mod_workshop.FUNCTIONS,
)


class DuplicateFunction(Exception):
    """Two packages bring a function of one name."""


class UndeclaredFunction(Exception):
    """A function does not say which rights it looks up, so it is not served (AUTHZ-1)."""


class Catalogue:
    """Functions by name; `components` tells for each the component that owns it.

    `capabilities` and `activity_kinds` are those that plugins bring besides functions.
    """

    def __init__(
        self,
        bound: Iterable[tuple[str, AnyBound]],
        capabilities: Mapping[str, KnownCapability] = MappingProxyType({}),
        activity_kinds: Mapping[str, Kind] = MappingProxyType({}),
    ) -> None:
        """Take pairs of package name and function; the package is named when two collide."""
        self.capabilities = capabilities
        self.activity_kinds = activity_kinds
        self._bound: dict[str, AnyBound] = {}
        packages: dict[str, str] = {}
        for package, function in bound:
            name = function.contract.name
            if name in self._bound:
                msg = f"{name} comes from both {packages[name]} and {package}; disable one of them"
                raise DuplicateFunction(msg)
            if function.contract.access is None:
                msg = (
                    f"{name} of {package} declares no rights; give its contract `access=Access(…)`"
                )
                raise UndeclaredFunction(msg)
            self._bound[name] = function
            packages[name] = package
        self.components: Mapping[str, str] = {
            name: function.contract.component for name, function in self._bound.items()
        }
        self._known = entries().keys() | self._bound.keys()

    def get(self, name: str) -> AnyBound | None:
        """Return the function, or None where this server has no body for it."""
        return self._bound.get(name)

    def require(self, name: str) -> AnyBound:
        """Return a function that the gate has let through."""
        return self._bound[name]

    def is_known(self, name: str) -> bool:
        """Tell whether Moodle, or a plugin, has a function of this name."""
        return name in self._known

    def all(self) -> tuple[AnyBound, ...]:
        """Return every function that has a body, in the order of the list."""
        return tuple(self._bound.values())


def built_in() -> Catalogue:
    """Return the catalogue without plugins."""
    return Catalogue(("coursewire", function) for function in BUILT_IN)
