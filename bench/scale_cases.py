"""A call of every function that reads, whose answer has the same size however large the site is.

Ids are chosen at random, of those that were loaded or of the course that is the same everywhere.
"""

from collections.abc import Callable, Mapping
from random import Random

from bench.loading import RARE, RARE_PIECE
from bench.scale_site import Place

Parameters = dict[str, object]
Case = Callable[[Place, Random], Parameters]


def _students(place: Place, chance: Random, count: int = 20) -> list[int]:
    return chance.sample(place.students, min(count, len(place.students)))


def _listed(name: str, values: list[int]) -> Parameters:
    return {f"{name}[{number}]": value for number, value in enumerate(values)}


def _nothing(_place: Place, _chance: Random) -> Parameters:
    return {}


def _course(place: Place, _chance: Random) -> Parameters:
    return {"courseid": place.course}


def _any_course(place: Place, chance: Random) -> Parameters:
    return {"courseid": chance.choice(place.courses)}


def _any_user(place: Place, chance: Random) -> Parameters:
    return {"userid": chance.choice(place.people)}


def _groups(place: Place, _chance: Random) -> Parameters:
    return _listed("groupids", place.groups)


def _groupings(place: Place, _chance: Random) -> Parameters:
    return {**_listed("groupingids", place.groupings), "returngroups": 1}


def _activity(place: Place, chance: Random) -> Parameters:
    return {"cmid": chance.choice(place.activities)}


def _instance(place: Place, chance: Random) -> Parameters:
    module, instance = chance.choice(place.modules)
    return {"module": module, "instance": instance}


def _student_of_course(place: Place, chance: Random) -> Parameters:
    return {"courseid": place.course, "userid": chance.choice(place.students)}


def _courses(place: Place, chance: Random) -> Parameters:
    return _listed("courseids", [place.course, *chance.choices(place.courses, k=9)])


def _course_ids(place: Place, chance: Random) -> Parameters:
    return _listed("options[ids]", chance.sample(place.courses, min(20, len(place.courses))))


def _course_by_shortname(place: Place, chance: Random) -> Parameters:
    return {"field": "shortname", "value": f"loaded-{chance.randrange(len(place.courses) // 2)}"}


def _course_search(_place: Place, _chance: Random) -> Parameters:
    return {"criterianame": "search", "criteriavalue": "Measured", "perpage": 100}


def _category(_place: Place, _chance: Random) -> Parameters:
    return {"criteria[0][key]": "id", "criteria[0][value]": 1}


def _user_search(_place: Place, _chance: Random) -> Parameters:
    return {"criteria[0][key]": "email", "criteria[0][value]": f"%@{RARE}"}


def _users_by_id(place: Place, chance: Random) -> Parameters:
    chosen = [chance.choice(place.people) for _ in range(20)]
    return {"field": "id", **_listed("values", chosen)}


def _profiles(place: Place, chance: Random) -> Parameters:
    found: Parameters = {}
    for number, user in enumerate(_students(place, chance)):
        found[f"userlist[{number}][userid]"] = user
        found[f"userlist[{number}][courseid]"] = place.course
    return found


def _cohorts(place: Place, _chance: Random) -> Parameters:
    return _listed("cohortids", place.cohorts)


def _cohort_search(_place: Place, _chance: Random) -> Parameters:
    return {"query": "Measured", "context[contextid]": 1, "limitnum": 2}


def _files(place: Place, _chance: Random) -> Parameters:
    return {
        "contextid": place.course_context,
        "component": "course",
        "filearea": "summary",
        "itemid": 0,
        "filepath": "/",
        "filename": "",
    }


def _able(place: Place, _chance: Random) -> Parameters:
    capabilities = {"coursecapabilities[0][capabilities][0]": "moodle/course:viewparticipants"}
    return {"coursecapabilities[0][courseid]": place.course, **capabilities}


def _searched(place: Place, search: str) -> Parameters:
    page = {"searchanywhere": 1, "page": 0, "perpage": 100}
    return {"courseid": place.course, "search": search, **page}


def _potential(place: Place, _chance: Random) -> Parameters:
    return {**_searched(place, RARE_PIECE), "enrolid": place.instance}


_BY_COURSES = (
    "mod_assign_get_assignments",
    "mod_book_get_books_by_courses",
    "mod_data_get_databases_by_courses",
    "mod_folder_get_folders_by_courses",
    "mod_forum_get_forums_by_courses",
    "mod_label_get_labels_by_courses",
    "mod_lesson_get_lessons_by_courses",
    "mod_page_get_pages_by_courses",
    "mod_quiz_get_quizzes_by_courses",
    "mod_resource_get_resources_by_courses",
    "mod_url_get_urls_by_courses",
    "mod_workshop_get_workshops_by_courses",
)

CASES: Mapping[str, Case] = {
    "core_webservice_get_site_info": _nothing,
    "core_group_get_groups": _groups,
    "core_group_get_course_groups": _course,
    "core_group_get_group_members": _groups,
    "core_group_get_groupings": _groupings,
    "core_group_get_course_groupings": _course,
    "core_group_get_course_user_groups": _student_of_course,
    "core_group_get_activity_allowed_groups": _activity,
    "core_group_get_activity_groupmode": _activity,
    "enrol_self_get_instance_info": lambda place, _: {"instanceid": place.instance + 2},
    "enrol_guest_get_instance_info": lambda place, _: {"instanceid": place.instance + 1},
    "core_enrol_get_enrolled_users": _course,
    "core_enrol_get_enrolled_users_with_capability": _able,
    "core_enrol_search_users": lambda place, _: _searched(place, ""),
    "core_enrol_get_potential_users": _potential,
    "core_enrol_get_users_courses": _any_user,
    "core_enrol_get_course_enrolment_methods": _any_course,
    "core_course_get_courses": _course_ids,
    "core_course_get_courses_by_field": _course_by_shortname,
    "core_course_search_courses": _course_search,
    "core_course_get_contents": _course,
    "core_course_get_course_module": _activity,
    "core_course_get_course_module_by_instance": _instance,
    "core_course_get_categories": _category,
    "core_user_get_users": _user_search,
    "core_user_get_users_by_field": _users_by_id,
    "core_user_get_course_user_profiles": _profiles,
    "core_user_get_user_preferences": _any_user,
    "core_user_search_identity": lambda _place, _chance: {"query": RARE_PIECE},
    "core_grades_get_gradeitems": _course,
    "core_grades_get_gradable_users": _course,
    "gradereport_overview_get_course_grades": _any_user,
    "core_cohort_get_cohorts": _cohorts,
    "core_cohort_search_cohorts": _cohort_search,
    "core_cohort_get_cohort_members": _cohorts,
    "tool_mobile_get_public_config": _nothing,
    "tool_mobile_get_config": _nothing,
    "core_files_get_files": _files,
    "gradereport_user_get_grade_items": _student_of_course,
    "core_completion_get_activities_completion_status": _student_of_course,
    **dict.fromkeys(_BY_COURSES, _courses),
}
# It answers with an error for a course that has no criteria, as here.
NOT_MEASURED = {"core_completion_get_course_completion_status": "no criteria in a loaded course"}
