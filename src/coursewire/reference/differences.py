"""Where Coursewire leaves Moodle on purpose: everywhere, and function by function.

The pages under docs/reference are written from this list; whoever adds a difference adds its line.
"""

from collections.abc import Mapping

from msgspec import Struct


class Difference(Struct, frozen=True):
    """One deviation: its number in the security specification, where it has one, and both sides."""

    moodle: str
    coursewire: str
    number: str = ""


EVERYWHERE: tuple[Difference, ...] = (
    Difference(
        "A token is made from the time and an ordinary generator, and stored in the clear.",
        "A token is 128 random bits from the operating system; only a keyed digest is stored.",
        "D1",
    ),
    Difference(
        "Logging in for a token answers with the newest token the user has for the service.",
        "Logging in answers with a token that was issued by logging in, never with one that an"
        " administrator made.",
        "D2",
    ),
    Difference(
        "The end date of an authorised user counts the wrong way round in calls of functions.",
        "An authorised user is let in until the date and refused after it, on every path.",
        "D3",
    ),
    Difference(
        "Accounts are not locked after failed log-ins until that is configured.",
        "Locking is on.",
        "D4",
    ),
    Difference(
        "An unknown user name is answered faster than a wrong password.",
        "Both take the same work.",
        "D5",
    ),
    Difference(
        "A changed password leaves all tokens alive, unless a setting says otherwise.",
        "It revokes the tokens issued by logging in; the setting covers the others.",
        "D6",
    ),
    Difference(
        "A token that is not valid UTF-8 is answered with a database error.",
        "It is answered like any other unknown token.",
        "D7",
    ),
    Difference(
        "Fields beyond the allowed number or depth are dropped and the call goes on.",
        "The whole request is refused with status 400 or 413.",
        "D8",
    ),
    Difference(
        "Every HTTP method is answered like GET or POST.",
        "GET, POST, HEAD and OPTIONS are answered, others with status 405.",
        "D9",
    ),
    Difference(
        "An entry of an address list that cannot be read is ignored.",
        "It is refused when the list is saved; a list with nothing valid in it admits nobody.",
        "D10",
    ),
    Difference(
        "An IPv4 address written as IPv6 can satisfy a rule meant for another address.",
        "Such an address is turned into IPv4 before anything is compared.",
        "D11",
    ),
    Difference(
        "The first use of an expired token deletes it.",
        "The answers are the same, but the token is kept for 30 days for the audit trail.",
        "D12",
    ),
    Difference(
        "Some refusals are logged with the reason of another.",
        "Each refusal has its own reason in the log.",
        "D13",
    ),
    Difference(
        "Two calls at the same time can both pass a check of uniqueness.",
        "The database holds every rule of uniqueness: one call wins, the other gets the error.",
        "D14",
    ),
    Difference(
        "Answers may be cached privately, and browsers may guess their type.",
        "Every answer says `no-store` and `nosniff`.",
        "D15",
    ),
    Difference(
        "Practically every answer has status 200.",
        "A request over a limit has status 400 or 413; 405, 429 and 503 occur where they are"
        " documented; every other error stays 200.",
        "D16",
    ),
    Difference(
        "HEAD and OPTIONS run the function.",
        "HEAD never changes anything and OPTIONS never runs a function.",
        "D17",
    ),
    Difference(
        "A user who must change the password can still log in for a token.",
        "That is refused until the password has been changed.",
        "D18",
    ),
    Difference(
        "Mails are sent, for instance with a new password or a welcome to a course.",
        "No mail is sent.",
        "D19",
    ),
    Difference(
        "A value on which Moodle's own code breaks is answered with what broke there.",
        "It is answered with `invalidparameter`.",
        "D20",
    ),
    Difference(
        "A null in JSON, as in `tool_mobile_call_external_functions`, stands for nearly any value.",
        "It is refused with `invalidparameter`, unless the parameter may be null by the page of its"
        " function; what is not sent is left out.",
    ),
    Difference(
        "An answer is as long as it comes out.",
        "One of more than 100,000 rows or 64 MiB is refused with `answertoolarge`, and never cut.",
    ),
    Difference(
        "A multipart body is read as far as it can be.",
        "One that is cut off or damaged is refused whole with `malformedbody`.",
    ),
    Difference(
        "`simpleserver.php` takes name and password with each call, and apps may log in through a"
        " browser at `launch.php`.",
        "Neither is served: `login/token.php` gives a token for a password.",
    ),
    Difference(
        "Below `theme/image.php` are all pictures of the theme.",
        "Those to which answers lead are there, in drawings of our own.",
    ),
)

_NO_WELCOME = Difference(
    "A user who was enrolled is sent a welcome where the course wants it.",
    "No mail is sent.",
    "D19",
)
_HIDDEN_FLAG = Difference(
    "Just after the cache was emptied hidden groups can be taken for visible ones.",
    "Visibility is the same at every call.",
)

_EXACT_TIME = Difference(
    "An enrolment that begins now may take up to 100 seconds to count as active.",
    "It counts at once: times are compared as they are.",
)

_FEWER_CAPABILITIES = Difference(
    "Every capability of every plugin is known, and given to roles from the start.",
    "Those are known that functions declare or ask for. For activities the standard roles have what"
    " lets people view them; `mod/assign:submit`, `mod/assign:grade` and their like are held by"
    " nobody until a role gets them.",
)

_STRONGER_PASSWORDS = Difference(
    "A password that satisfies the rules of the site is taken.",
    "One of the 30,000 most common ones, or with more than 128 characters, is refused as one that"
    " breaks a rule.",
)

_PLAIN_CITY = Difference(
    "A `city` with `multilang` tags is stored, and then breaks every list of participants that its"
    " user is in.",
    "It is refused like any other value that is not admitted.",
)

_CONSOLE_ACCOUNTS = Difference(
    "There is no console to come in by; whoever may change accounts changes all but those of"
    " administrators.",
    "An account that may use the console is changed and deleted only by owners of the console, by"
    " site administrators and, where Moodle lets them, by itself; others are refused as for an"
    " administrator's account.",
)

_NO_PLAYER = Difference(
    "What learners do in such an activity depends on settings of its own, which are told.",
    "Name, introduction, place, grade and dates are held; the rest is told as an activity without"
    " content has it, or left out where the contract allows that.",
)

_KNOWN_PREFERENCES = Difference(
    "Plugins bring preferences of their own, and so does each way of sending a message.",
    "The common ones are known; any other name is refused like one that does not exist.",
)

_STANDARD_VALUES = Difference(
    "Each setting is told as the site has it.",
    "Settings that are not kept here are told as a fresh site has them.",
)

OF_FUNCTION: Mapping[str, tuple[Difference, ...]] = {
    "core_webservice_get_site_info": (
        Difference(
            "`userprivateaccesskey` opens files below `tokenpluginfile.php`, in the address.",
            "The key is told, and opens nothing: files are given to tokens only, by"
            " `webservice/pluginfile.php`.",
        ),
    ),
    "core_group_update_groups": (
        Difference(
            "A `visibility` that is no number ends in an error of the language, without a code.",
            "It is answered with `invalidparameter`.",
            "D20",
        ),
    ),
    "core_group_create_groups": (
        Difference(
            "Two calls at the same time can create groups of one name in one course.",
            "The second is refused, as it would be if it came later.",
            "D14",
        ),
    ),
    "core_group_add_group_members": (
        Difference(
            "Adding a member whose membership the caller cannot see is a database error.",
            "It changes nothing, like adding any member again.",
        ),
    ),
    "core_group_get_course_groups": (_HIDDEN_FLAG,),
    "core_group_get_group_members": (_HIDDEN_FLAG,),
    "core_group_get_course_user_groups": (_HIDDEN_FLAG, _EXACT_TIME),
    "core_user_get_users": (
        Difference(
            "A pattern may be of any length and have any number of wildcards.",
            "One of more than 255 characters or 16 wildcards, and a search that takes longer than a"
            " second, is refused.",
        ),
    ),
    "core_user_create_users": (
        _STRONGER_PASSWORDS,
        _PLAIN_CITY,
        Difference(
            "With `createpassword` the password is mailed to the user.",
            "The password is random and shown to nobody; an operator sets a new one in the console"
            " or on the command line.",
            "D19",
        ),
        Difference(
            "Two calls at the same time can give two users one e-mail address.",
            "The second is refused, as it would be if it came later.",
            "D14",
        ),
    ),
    "core_user_delete_users": (_CONSOLE_ACCOUNTS,),
    "core_user_update_users": (
        _STRONGER_PASSWORDS,
        Difference(
            "`userpicture` names a draft area, whose image is kept in three sizes.",
            "It is kept as it was uploaded, if it is a PNG, JPEG or GIF, and given out to holders"
            " of a token.",
        ),
        _PLAIN_CITY,
        _CONSOLE_ACCOUNTS,
        Difference(
            "`auth` can be `mnet`, the way of logging in of accounts of other sites.",
            "That becomes a warning, `invalidparameter`, and the user stays as it was.",
        ),
    ),
    "core_user_get_user_preferences": (
        Difference(
            "Asked for all preferences, Moodle adds an internal one, `_lastloaded`.",
            "Only what was stored is listed.",
        ),
    ),
    "core_user_set_user_preferences": (_KNOWN_PREFERENCES,),
    "core_user_update_user_preferences": (_KNOWN_PREFERENCES,),
    "core_files_upload": (
        Difference(
            "Neither the size of the file, nor the quota of the user, nor whether the service takes"
            " uploads is asked.",
            "All three are asked, as `webservice/upload.php` does.",
        ),
    ),
    "core_files_get_files": (
        Difference(
            "What the caller's file browser shows is listed: categories, courses and the areas of"
            " those whose files the caller manages.",
            "The draft areas of the caller are listed; every other place lists empty.",
        ),
    ),
    "core_completion_override_activity_completion_status": (
        Difference(
            "The state of a user who does not exist is stored as well.",
            "A user who does not exist, or cannot take part, is refused.",
        ),
    ),
    "core_completion_get_course_completion_status": (
        Difference(
            "A course is completed by the next run of a scheduled job.",
            "It is completed at once, with the last criterion that it takes.",
        ),
        Difference(
            "The job also finds what was done before somebody became a learner of the course.",
            "An enrolment, a role given in the course and switching on the completion of the course"
            " look as well. Looked at only with the next change of a criterion are: the completion"
            " of the site that is switched on, a closed way into the course that opens again, an"
            " enrolment whose start comes, and a role given in a category or the whole site.",
        ),
    ),
    "core_course_get_course_module_by_instance": (
        Difference(
            "A kind of activity that does not exist ends in an error of the database.",
            "It is a missing record, like an activity that does not exist.",
        ),
    ),
    "tool_mobile_get_config": (_STANDARD_VALUES,),
    "tool_mobile_get_public_config": (_STANDARD_VALUES,),
    "core_course_get_courses_by_field": (
        Difference(
            "An id in `ids` that does not exist ends in an error of the language.",
            "It becomes a warning, like a course that the caller cannot see.",
        ),
    ),
    "core_course_update_courses": (
        Difference(
            "What goes wrong in the middle of a course leaves a part of its change written: with a"
            " `categoryid` that does not exist the course stands in no category.",
            "Nothing of that course is changed; the warning is the same.",
        ),
    ),
    "core_course_search_courses": (_FEWER_CAPABILITIES,),
    "core_enrol_get_enrolled_users": (_EXACT_TIME, _FEWER_CAPABILITIES),
    "core_enrol_get_enrolled_users_with_capability": (
        _EXACT_TIME,
        _FEWER_CAPABILITIES,
        Difference(
            "With `groupid` the right to look at all groups is asked of members of that group, and"
            " of nobody else.",
            "It is asked of those who are not members.",
        ),
        Difference(
            "A course that cannot be entered is refused with a sentence in place of an error code.",
            "It is refused with `errorcoursecontextnotvalid`, as elsewhere.",
        ),
    ),
    "core_grades_get_gradable_users": (
        _EXACT_TIME,
        Difference(
            "Every field of everybody is told, whatever the caller may see.",
            "Of each person the caller gets what they may see in that course.",
        ),
        Difference(
            "Members of any group are told, of one that hides them too.",
            "A group tells its members as it does elsewhere; one of another course has none.",
        ),
        Difference(
            "After a change of what is graded, reading ends in an error until a report was read.",
            "Totals are always worked out.",
        ),
    ),
    "core_grades_get_gradeitems": (
        Difference(
            "A course without any grade item ends in an error of the language.",
            "The list is empty.",
        ),
    ),
    "core_enrol_search_users": (
        Difference(
            "`contextid` may be any place, and rights are asked for there, whatever the course.",
            "A place outside of the course is refused with `invalidparameter`.",
        ),
    ),
    "core_enrol_get_potential_users": (
        Difference(
            "An `enrolid` that does not exist, or belongs to another course, is taken as it is.",
            "It is a missing record.",
        ),
    ),
    "core_enrol_get_users_courses": (_EXACT_TIME,),
    "gradereport_overview_get_course_grades": (_EXACT_TIME,),
    "enrol_manual_enrol_users": (_NO_WELCOME,),
    "enrol_self_enrol_user": (_NO_WELCOME,),
    "mod_assign_get_assignments": (
        Difference(
            "An assignment tells the ways to hand in and to give feedback, and their settings.",
            "Nothing can be handed in here: `nosubmissions` is 1 and `configs` is empty.",
        ),
        _FEWER_CAPABILITIES,
    ),
    **dict.fromkeys(
        (
            "mod_book_get_books_by_courses",
            "mod_data_get_databases_by_courses",
            "mod_forum_get_forums_by_courses",
            "mod_lesson_get_lessons_by_courses",
            "mod_quiz_get_quizzes_by_courses",
            "mod_workshop_get_workshops_by_courses",
        ),
        (_NO_PLAYER,),
    ),
    "enrol_guest_get_instance_info": (
        Difference(
            "Any way into a course is answered as if it were guest access.",
            "A way of another kind is a missing record.",
        ),
    ),
    "enrol_self_get_instance_info": (
        Difference(
            "Any way into a course is answered as if it were self enrolment.",
            "A way of another kind is a missing record.",
        ),
    ),
}


def differences_of(name: str) -> tuple[Difference, ...]:
    """Return the deviations of one function, beyond those that hold everywhere."""
    return OF_FUNCTION.get(name, ())
