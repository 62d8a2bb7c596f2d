"""Body of core_user for the search for people by what identifies them."""

from coursewire.contracts.core_user import searches as c
from coursewire.domain import identity_search
from coursewire.domain.call import Call
from coursewire.functions.binding import Bound


def search_identity(call: Call, params: c.SearchIdentity) -> c.IdentifiedUsers:
    """List the first of those found in the whole site, with what identifies them."""
    found = identity_search.find(call, params.query)
    people = [
        c.IdentifiedUser(
            id=person.id,
            fullname=person.fullname,
            extrafields=[c.IdentityField(name=name, value=value) for name, value in person.fields],
        )
        for person in found.people
    ]
    return c.IdentifiedUsers(
        list=people, maxusersperpage=identity_search.MOST, overflow=found.are_more
    )


FUNCTIONS = (Bound(c.search_identity, search_identity, long=True),)
