"""A call of every function that reads and whose answer grows, for a long answer."""

from collections.abc import Callable, Iterable, Mapping

from bench.reads_site import DRAFT, ReadSite
from coursewire.domain import draft_files

Parameters = dict[str, object]
Case = Callable[[ReadSite], Parameters]


def _listed(name: str, values: Iterable[object]) -> Parameters:
    return {f"{name}[{number}]": value for number, value in enumerate(values)}


def _course(site: ReadSite) -> Parameters:
    return {"courseid": site.course.course}


def _busy(site: ReadSite) -> Parameters:
    return {"userid": site.busy}


def _groupings(site: ReadSite) -> Parameters:
    return {**_listed("groupingids", site.groupings), "returngroups": 1}


def _criterion(key: str, value: object) -> Case:
    return lambda _: {"criteria[0][key]": key, "criteria[0][value]": value}


def _profiles(site: ReadSite) -> Parameters:
    found: Parameters = {}
    for number, user in enumerate(site.people):
        found[f"userlist[{number}][userid]"] = user
        found[f"userlist[{number}][courseid]"] = site.course.course
    return found


def _able(site: ReadSite) -> Parameters:
    capabilities = {"coursecapabilities[0][capabilities][0]": "moodle/course:viewparticipants"}
    return {"coursecapabilities[0][courseid]": site.course.course, **capabilities}


def _searched(site: ReadSite) -> Parameters:
    page = {"searchanywhere": 1, "page": 0, "perpage": 10_000}
    return {"courseid": site.course.course, "search": "", **page}


def _potential(site: ReadSite) -> Parameters:
    # Nobody uses the way for guests, which stands beside the one that everybody uses.
    return {**_searched(site), "enrolid": site.course.instance + 1}


def _files(site: ReadSite) -> Parameters:
    return {
        "contextid": site.files,
        "component": draft_files.COMPONENT,
        "filearea": draft_files.AREA,
        "itemid": DRAFT,
        "filepath": "/",
        "filename": "",
    }


def _all_of(kind: str) -> Case:
    return lambda site: {"courseids[0]": site.of_kind[kind]}


_OF_KIND = {
    "book": "mod_book_get_books_by_courses",
    "data": "mod_data_get_databases_by_courses",
    "folder": "mod_folder_get_folders_by_courses",
    "forum": "mod_forum_get_forums_by_courses",
    "label": "mod_label_get_labels_by_courses",
    "lesson": "mod_lesson_get_lessons_by_courses",
    "page": "mod_page_get_pages_by_courses",
    "quiz": "mod_quiz_get_quizzes_by_courses",
    "resource": "mod_resource_get_resources_by_courses",
    "url": "mod_url_get_urls_by_courses",
    "workshop": "mod_workshop_get_workshops_by_courses",
}

CASES: Mapping[str, Case] = {
    "core_group_get_groups": lambda site: _listed("groupids", site.groups),
    "core_group_get_course_groups": _course,
    "core_group_get_group_members": lambda site: _listed("groupids", [site.everybody]),
    "core_group_get_groupings": _groupings,
    "core_group_get_course_groupings": _course,
    "core_group_get_course_user_groups": lambda site: {**_course(site), **_busy(site)},
    "core_group_get_activity_allowed_groups": lambda site: {"cmid": site.activity},
    "core_enrol_get_enrolled_users": _course,
    "core_enrol_get_enrolled_users_with_capability": _able,
    "core_enrol_search_users": _searched,
    "core_enrol_get_potential_users": _potential,
    "core_enrol_get_users_courses": _busy,
    "core_course_get_courses": lambda site: _listed("options[ids]", site.courses),
    "core_course_get_courses_by_field": lambda _: {"field": "category", "value": 1},
    "core_course_search_courses": lambda _: {
        "criterianame": "search",
        "criteriavalue": "course",
        "perpage": 10_000,
    },
    "core_course_get_contents": lambda site: {"courseid": site.mixed},
    "core_course_get_categories": lambda _: {},
    "core_user_get_users": _criterion("lastname", "%"),
    "core_user_get_users_by_field": lambda site: {
        "field": "id",
        **_listed("values", site.people),
    },
    "core_user_get_course_user_profiles": _profiles,
    "core_grades_get_gradeitems": lambda site: {"courseid": site.of_kind["assign"]},
    "core_grades_get_gradable_users": _course,
    "gradereport_overview_get_course_grades": _busy,
    "gradereport_user_get_grade_items": lambda site: {
        "courseid": site.of_kind["assign"],
        "userid": site.busy,
    },
    "core_cohort_get_cohorts": lambda site: _listed("cohortids", site.cohorts),
    "core_cohort_search_cohorts": lambda _: {
        "query": "Cohort",
        "context[contextid]": 1,
        "limitnum": 10_000,
    },
    "core_cohort_get_cohort_members": lambda site: _listed("cohortids", [site.all_cohort]),
    "core_files_get_files": _files,
    "core_completion_get_activities_completion_status": lambda site: {
        "courseid": site.mixed,
        "userid": site.busy,
    },
    "mod_assign_get_assignments": lambda site: {
        **_all_of("assign")(site),
        "includenotenrolledcourses": 1,
    },
    **{function: _all_of(kind) for kind, function in _OF_KIND.items()},
}
_ONE = "its answer is about one thing"
# Functions whose answers do not grow with what there is.
NOT_LONG = {
    "core_webservice_get_site_info": "has a benchmark of its own",
    "core_group_get_activity_groupmode": _ONE,
    "enrol_self_get_instance_info": _ONE,
    "enrol_guest_get_instance_info": _ONE,
    "core_user_search_identity": "at most 100 people",
    "core_course_get_course_module": _ONE,
    "core_course_get_course_module_by_instance": _ONE,
    "core_completion_get_course_completion_status": _ONE,
    "core_enrol_get_course_enrolment_methods": "a course has few ways in",
    "core_user_get_user_preferences": "a person has few preferences",
    "tool_mobile_get_public_config": "a fixed list of settings",
    "tool_mobile_get_config": "a fixed list of settings",
}
