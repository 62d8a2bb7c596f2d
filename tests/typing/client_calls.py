"""A typed call of every contract. Written by `python -m scripts.client_stubs`; do not edit."""

from typing import assert_type

import coursewire.contracts.activity_parts
import coursewire.contracts.core_cohort.cohorts
import coursewire.contracts.core_cohort.members
import coursewire.contracts.core_completion
import coursewire.contracts.core_course.categories
import coursewire.contracts.core_course.contents
import coursewire.contracts.core_course.courses
import coursewire.contracts.core_course.listings
import coursewire.contracts.core_course.modules
import coursewire.contracts.core_enrol
import coursewire.contracts.core_files
import coursewire.contracts.core_grades
import coursewire.contracts.core_group.activities
import coursewire.contracts.core_group.grouping_groups
import coursewire.contracts.core_group.groupings
import coursewire.contracts.core_group.groups
import coursewire.contracts.core_group.members
import coursewire.contracts.core_role
import coursewire.contracts.core_user.preferences
import coursewire.contracts.core_user.profiles
import coursewire.contracts.core_user.searches
import coursewire.contracts.core_user.users
import coursewire.contracts.core_webservice
import coursewire.contracts.enrol_guest
import coursewire.contracts.enrol_manual
import coursewire.contracts.enrol_self
import coursewire.contracts.gradereport_overview
import coursewire.contracts.gradereport_user
import coursewire.contracts.mod_assign
import coursewire.contracts.mod_book
import coursewire.contracts.mod_data
import coursewire.contracts.mod_folder
import coursewire.contracts.mod_forum
import coursewire.contracts.mod_label
import coursewire.contracts.mod_lesson
import coursewire.contracts.mod_page
import coursewire.contracts.mod_quiz
import coursewire.contracts.mod_resource
import coursewire.contracts.mod_url
import coursewire.contracts.mod_workshop
import coursewire.contracts.parts
import coursewire.contracts.tool_mobile
from coursewire import Moodle


def call_1(moodle: Moodle, params: coursewire.contracts.core_cohort.cohorts.CreateCohorts) -> None:
    assert_type(moodle.call(coursewire.contracts.core_cohort.cohorts.create_cohorts, params), list[coursewire.contracts.core_cohort.cohorts.CreatedCohort])


def call_2(moodle: Moodle, params: coursewire.contracts.core_cohort.cohorts.GetCohorts) -> None:
    assert_type(moodle.call(coursewire.contracts.core_cohort.cohorts.get_cohorts, params), list[coursewire.contracts.core_cohort.cohorts.Cohort])


def call_3(moodle: Moodle, params: coursewire.contracts.core_cohort.cohorts.SearchCohorts) -> None:
    assert_type(moodle.call(coursewire.contracts.core_cohort.cohorts.search_cohorts, params), coursewire.contracts.core_cohort.cohorts.FoundCohorts)


def call_4(moodle: Moodle, params: coursewire.contracts.core_cohort.cohorts.UpdateCohorts) -> None:
    assert_type(moodle.call(coursewire.contracts.core_cohort.cohorts.update_cohorts, params), None)


def call_5(moodle: Moodle, params: coursewire.contracts.core_cohort.cohorts.CohortIds) -> None:
    assert_type(moodle.call(coursewire.contracts.core_cohort.cohorts.delete_cohorts, params), None)


def call_6(moodle: Moodle, params: coursewire.contracts.core_cohort.members.AddCohortMembers) -> None:
    assert_type(moodle.call(coursewire.contracts.core_cohort.members.add_cohort_members, params), coursewire.contracts.parts.Warned)


def call_7(moodle: Moodle, params: coursewire.contracts.core_cohort.members.DeleteCohortMembers) -> None:
    assert_type(moodle.call(coursewire.contracts.core_cohort.members.delete_cohort_members, params), None)


def call_8(moodle: Moodle, params: coursewire.contracts.core_cohort.cohorts.CohortIds) -> None:
    assert_type(moodle.call(coursewire.contracts.core_cohort.members.get_cohort_members, params), list[coursewire.contracts.core_cohort.members.CohortMembers])


def call_9(moodle: Moodle, params: coursewire.contracts.core_completion.UserInCourse) -> None:
    assert_type(moodle.call(coursewire.contracts.core_completion.get_course_completion_status, params), coursewire.contracts.core_completion.CourseCompletionStatus)


def call_10(moodle: Moodle, params: coursewire.contracts.core_completion.UserInCourse) -> None:
    assert_type(moodle.call(coursewire.contracts.core_completion.get_activities_completion_status, params), coursewire.contracts.core_completion.ActivityCompletions)


def call_11(moodle: Moodle, params: coursewire.contracts.core_completion.TickActivity) -> None:
    assert_type(moodle.call(coursewire.contracts.core_completion.update_activity_completion_status_manually, params), coursewire.contracts.parts.Outcome)


def call_12(moodle: Moodle, params: coursewire.contracts.core_completion.OverrideActivity) -> None:
    assert_type(moodle.call(coursewire.contracts.core_completion.override_activity_completion_status, params), coursewire.contracts.core_completion.OverriddenCompletion)


def call_13(moodle: Moodle, params: coursewire.contracts.core_course.categories.GetCategories) -> None:
    assert_type(moodle.call(coursewire.contracts.core_course.categories.get_categories, params), list[coursewire.contracts.core_course.categories.Category])


def call_14(moodle: Moodle, params: coursewire.contracts.core_course.categories.CreateCategories) -> None:
    assert_type(moodle.call(coursewire.contracts.core_course.categories.create_categories, params), list[coursewire.contracts.core_course.categories.CreatedCategory])


def call_15(moodle: Moodle, params: coursewire.contracts.core_course.categories.UpdateCategories) -> None:
    assert_type(moodle.call(coursewire.contracts.core_course.categories.update_categories, params), None)


def call_16(moodle: Moodle, params: coursewire.contracts.core_course.categories.DeleteCategories) -> None:
    assert_type(moodle.call(coursewire.contracts.core_course.categories.delete_categories, params), None)


def call_17(moodle: Moodle, params: coursewire.contracts.core_course.contents.GetContents) -> None:
    assert_type(moodle.call(coursewire.contracts.core_course.contents.get_contents, params), list[coursewire.contracts.core_course.contents.Section])


def call_18(moodle: Moodle, params: coursewire.contracts.core_course.courses.GetCourses) -> None:
    assert_type(moodle.call(coursewire.contracts.core_course.courses.get_courses, params), list[coursewire.contracts.core_course.courses.Course])


def call_19(moodle: Moodle, params: coursewire.contracts.core_course.courses.CreateCourses) -> None:
    assert_type(moodle.call(coursewire.contracts.core_course.courses.create_courses, params), list[coursewire.contracts.core_course.courses.CreatedCourse])


def call_20(moodle: Moodle, params: coursewire.contracts.core_course.courses.UpdateCourses) -> None:
    assert_type(moodle.call(coursewire.contracts.core_course.courses.update_courses, params), coursewire.contracts.parts.Warned)


def call_21(moodle: Moodle, params: coursewire.contracts.core_course.courses.DeleteCourses) -> None:
    assert_type(moodle.call(coursewire.contracts.core_course.courses.delete_courses, params), coursewire.contracts.parts.Warned)


def call_22(moodle: Moodle, params: coursewire.contracts.core_course.listings.GetCoursesByField) -> None:
    assert_type(moodle.call(coursewire.contracts.core_course.listings.get_courses_by_field, params), coursewire.contracts.core_course.listings.CoursesByField)


def call_23(moodle: Moodle, params: coursewire.contracts.core_course.listings.SearchCourses) -> None:
    assert_type(moodle.call(coursewire.contracts.core_course.listings.search_courses, params), coursewire.contracts.core_course.listings.FoundCourses)


def call_24(moodle: Moodle, params: coursewire.contracts.parts.ActivityId) -> None:
    assert_type(moodle.call(coursewire.contracts.core_course.modules.get_course_module, params), coursewire.contracts.core_course.modules.CourseModuleAnswer)


def call_25(moodle: Moodle, params: coursewire.contracts.core_course.modules.GetCourseModuleByInstance) -> None:
    assert_type(moodle.call(coursewire.contracts.core_course.modules.get_course_module_by_instance, params), coursewire.contracts.core_course.modules.CourseModuleAnswer)


def call_26(moodle: Moodle, params: coursewire.contracts.core_enrol.GetEnrolledUsers) -> None:
    assert_type(moodle.call(coursewire.contracts.core_enrol.get_enrolled_users, params), list[coursewire.contracts.core_enrol.EnrolledUser])


def call_27(moodle: Moodle, params: coursewire.contracts.core_enrol.GetEnrolledUsersWithCapability) -> None:
    assert_type(moodle.call(coursewire.contracts.core_enrol.get_enrolled_users_with_capability, params), list[coursewire.contracts.core_enrol.UsersWithCapability])


def call_28(moodle: Moodle, params: coursewire.contracts.core_enrol.SearchUsers) -> None:
    assert_type(moodle.call(coursewire.contracts.core_enrol.search_users, params), list[coursewire.contracts.core_user.profiles.User])


def call_29(moodle: Moodle, params: coursewire.contracts.core_enrol.GetPotentialUsers) -> None:
    assert_type(moodle.call(coursewire.contracts.core_enrol.get_potential_users, params), list[coursewire.contracts.core_user.profiles.User])


def call_30(moodle: Moodle, params: coursewire.contracts.core_enrol.GetUsersCourses) -> None:
    assert_type(moodle.call(coursewire.contracts.core_enrol.get_users_courses, params), list[coursewire.contracts.core_enrol.EnrolledCourse])


def call_31(moodle: Moodle, params: coursewire.contracts.parts.CourseId) -> None:
    assert_type(moodle.call(coursewire.contracts.core_enrol.get_course_enrolment_methods, params), list[coursewire.contracts.core_enrol.EnrolmentMethod])


def call_32(moodle: Moodle, params: coursewire.contracts.core_files.Upload) -> None:
    assert_type(moodle.call(coursewire.contracts.core_files.upload, params), coursewire.contracts.core_files.UploadedFile)


def call_33(moodle: Moodle, params: coursewire.contracts.core_files.GetFiles) -> None:
    assert_type(moodle.call(coursewire.contracts.core_files.get_files, params), coursewire.contracts.core_files.FoundFiles)


def call_34(moodle: Moodle, params: coursewire.contracts.core_grades.UpdateGrades) -> None:
    assert_type(moodle.call(coursewire.contracts.core_grades.update_grades, params), int)


def call_35(moodle: Moodle, params: coursewire.contracts.parts.CourseId) -> None:
    assert_type(moodle.call(coursewire.contracts.core_grades.get_gradeitems, params), coursewire.contracts.core_grades.GradeItems)


def call_36(moodle: Moodle, params: coursewire.contracts.core_grades.GetGradableUsers) -> None:
    assert_type(moodle.call(coursewire.contracts.core_grades.get_gradable_users, params), coursewire.contracts.core_grades.GradableUsers)


def call_37(moodle: Moodle, params: coursewire.contracts.core_group.activities.GetActivityAllowedGroups) -> None:
    assert_type(moodle.call(coursewire.contracts.core_group.activities.get_activity_allowed_groups, params), coursewire.contracts.core_group.activities.AllowedGroups)


def call_38(moodle: Moodle, params: coursewire.contracts.parts.ActivityId) -> None:
    assert_type(moodle.call(coursewire.contracts.core_group.activities.get_activity_groupmode, params), coursewire.contracts.core_group.activities.ActivityGroupMode)


def call_39(moodle: Moodle, params: coursewire.contracts.core_group.grouping_groups.AssignGrouping) -> None:
    assert_type(moodle.call(coursewire.contracts.core_group.grouping_groups.assign_grouping, params), None)


def call_40(moodle: Moodle, params: coursewire.contracts.core_group.grouping_groups.UnassignGrouping) -> None:
    assert_type(moodle.call(coursewire.contracts.core_group.grouping_groups.unassign_grouping, params), None)


def call_41(moodle: Moodle, params: coursewire.contracts.core_group.groupings.CreateGroupings) -> None:
    assert_type(moodle.call(coursewire.contracts.core_group.groupings.create_groupings, params), list[coursewire.contracts.core_group.groupings.CreatedGrouping])


def call_42(moodle: Moodle, params: coursewire.contracts.core_group.groupings.GetGroupings) -> None:
    assert_type(moodle.call(coursewire.contracts.core_group.groupings.get_groupings, params), list[coursewire.contracts.core_group.groupings.Grouping])


def call_43(moodle: Moodle, params: coursewire.contracts.parts.CourseId) -> None:
    assert_type(moodle.call(coursewire.contracts.core_group.groupings.get_course_groupings, params), list[coursewire.contracts.core_group.groupings.CourseGrouping])


def call_44(moodle: Moodle, params: coursewire.contracts.core_group.groupings.UpdateGroupings) -> None:
    assert_type(moodle.call(coursewire.contracts.core_group.groupings.update_groupings, params), None)


def call_45(moodle: Moodle, params: coursewire.contracts.core_group.groupings.DeleteGroupings) -> None:
    assert_type(moodle.call(coursewire.contracts.core_group.groupings.delete_groupings, params), None)


def call_46(moodle: Moodle, params: coursewire.contracts.core_group.groups.CreateGroups) -> None:
    assert_type(moodle.call(coursewire.contracts.core_group.groups.create_groups, params), list[coursewire.contracts.core_group.groups.CreatedGroup])


def call_47(moodle: Moodle, params: coursewire.contracts.core_group.groups.GroupIds) -> None:
    assert_type(moodle.call(coursewire.contracts.core_group.groups.get_groups, params), list[coursewire.contracts.core_group.groups.Group])


def call_48(moodle: Moodle, params: coursewire.contracts.parts.CourseId) -> None:
    assert_type(moodle.call(coursewire.contracts.core_group.groups.get_course_groups, params), list[coursewire.contracts.core_group.groups.CourseGroup])


def call_49(moodle: Moodle, params: coursewire.contracts.core_group.groups.UpdateGroups) -> None:
    assert_type(moodle.call(coursewire.contracts.core_group.groups.update_groups, params), None)


def call_50(moodle: Moodle, params: coursewire.contracts.core_group.groups.GroupIds) -> None:
    assert_type(moodle.call(coursewire.contracts.core_group.groups.delete_groups, params), None)


def call_51(moodle: Moodle, params: coursewire.contracts.core_group.members.GroupMemberList) -> None:
    assert_type(moodle.call(coursewire.contracts.core_group.members.add_group_members, params), None)


def call_52(moodle: Moodle, params: coursewire.contracts.core_group.members.GroupMemberList) -> None:
    assert_type(moodle.call(coursewire.contracts.core_group.members.delete_group_members, params), None)


def call_53(moodle: Moodle, params: coursewire.contracts.core_group.groups.GroupIds) -> None:
    assert_type(moodle.call(coursewire.contracts.core_group.members.get_group_members, params), list[coursewire.contracts.core_group.members.GroupMembers])


def call_54(moodle: Moodle, params: coursewire.contracts.core_group.members.GetCourseUserGroups) -> None:
    assert_type(moodle.call(coursewire.contracts.core_group.members.get_course_user_groups, params), coursewire.contracts.core_group.members.UserGroups)


def call_55(moodle: Moodle, params: coursewire.contracts.core_role.AssignRoles) -> None:
    assert_type(moodle.call(coursewire.contracts.core_role.assign_roles, params), None)


def call_56(moodle: Moodle, params: coursewire.contracts.core_role.UnassignRoles) -> None:
    assert_type(moodle.call(coursewire.contracts.core_role.unassign_roles, params), None)


def call_57(moodle: Moodle, params: coursewire.contracts.core_user.preferences.GetUserPreferences) -> None:
    assert_type(moodle.call(coursewire.contracts.core_user.preferences.get_user_preferences, params), coursewire.contracts.core_user.preferences.UserPreferences)


def call_58(moodle: Moodle, params: coursewire.contracts.core_user.preferences.SetUserPreferences) -> None:
    assert_type(moodle.call(coursewire.contracts.core_user.preferences.set_user_preferences, params), coursewire.contracts.core_user.preferences.SavedPreferences)


def call_59(moodle: Moodle, params: coursewire.contracts.core_user.preferences.UpdateUserPreferences) -> None:
    assert_type(moodle.call(coursewire.contracts.core_user.preferences.update_user_preferences, params), None)


def call_60(moodle: Moodle, params: coursewire.contracts.core_user.profiles.GetUsers) -> None:
    assert_type(moodle.call(coursewire.contracts.core_user.profiles.get_users, params), coursewire.contracts.core_user.profiles.FoundUsers)


def call_61(moodle: Moodle, params: coursewire.contracts.core_user.profiles.GetUsersByField) -> None:
    assert_type(moodle.call(coursewire.contracts.core_user.profiles.get_users_by_field, params), list[coursewire.contracts.core_user.profiles.User])


def call_62(moodle: Moodle, params: coursewire.contracts.core_user.profiles.GetCourseUserProfiles) -> None:
    assert_type(moodle.call(coursewire.contracts.core_user.profiles.get_course_user_profiles, params), list[coursewire.contracts.core_user.profiles.UserProfile])


def call_63(moodle: Moodle, params: coursewire.contracts.core_user.searches.SearchIdentity) -> None:
    assert_type(moodle.call(coursewire.contracts.core_user.searches.search_identity, params), coursewire.contracts.core_user.searches.IdentifiedUsers)


def call_64(moodle: Moodle, params: coursewire.contracts.core_user.users.CreateUsers) -> None:
    assert_type(moodle.call(coursewire.contracts.core_user.users.create_users, params), list[coursewire.contracts.core_user.users.CreatedUser])


def call_65(moodle: Moodle, params: coursewire.contracts.core_user.users.UpdateUsers) -> None:
    assert_type(moodle.call(coursewire.contracts.core_user.users.update_users, params), coursewire.contracts.parts.Warned)


def call_66(moodle: Moodle, params: coursewire.contracts.core_user.users.DeleteUsers) -> None:
    assert_type(moodle.call(coursewire.contracts.core_user.users.delete_users, params), None)


def call_67(moodle: Moodle, params: coursewire.contracts.core_webservice.GetSiteInfo) -> None:
    assert_type(moodle.call(coursewire.contracts.core_webservice.get_site_info, params), coursewire.contracts.core_webservice.SiteInfo)


def call_68(moodle: Moodle, params: coursewire.contracts.enrol_guest.GetInstanceInfo) -> None:
    assert_type(moodle.call(coursewire.contracts.enrol_guest.get_instance_info, params), coursewire.contracts.enrol_guest.GuestInstanceInfo)


def call_69(moodle: Moodle, params: coursewire.contracts.enrol_manual.EnrolUsers) -> None:
    assert_type(moodle.call(coursewire.contracts.enrol_manual.enrol_users, params), None)


def call_70(moodle: Moodle, params: coursewire.contracts.enrol_manual.UnenrolUsers) -> None:
    assert_type(moodle.call(coursewire.contracts.enrol_manual.unenrol_users, params), None)


def call_71(moodle: Moodle, params: coursewire.contracts.enrol_self.EnrolUser) -> None:
    assert_type(moodle.call(coursewire.contracts.enrol_self.enrol_user, params), coursewire.contracts.parts.Outcome)


def call_72(moodle: Moodle, params: coursewire.contracts.enrol_self.GetInstanceInfo) -> None:
    assert_type(moodle.call(coursewire.contracts.enrol_self.get_instance_info, params), coursewire.contracts.enrol_self.SelfEnrolmentInstance)


def call_73(moodle: Moodle, params: coursewire.contracts.gradereport_overview.GetCourseGrades) -> None:
    assert_type(moodle.call(coursewire.contracts.gradereport_overview.get_course_grades, params), coursewire.contracts.gradereport_overview.CourseGrades)


def call_74(moodle: Moodle, params: coursewire.contracts.gradereport_user.GetGradeItems) -> None:
    assert_type(moodle.call(coursewire.contracts.gradereport_user.get_grade_items, params), coursewire.contracts.gradereport_user.GradeItems)


def call_75(moodle: Moodle, params: coursewire.contracts.mod_assign.GetAssignments) -> None:
    assert_type(moodle.call(coursewire.contracts.mod_assign.get_assignments, params), coursewire.contracts.mod_assign.AssignmentCourses)


def call_76(moodle: Moodle, params: coursewire.contracts.activity_parts.InCourses) -> None:
    assert_type(moodle.call(coursewire.contracts.mod_book.get_books_by_courses, params), coursewire.contracts.mod_book.Books)


def call_77(moodle: Moodle, params: coursewire.contracts.activity_parts.InCourses) -> None:
    assert_type(moodle.call(coursewire.contracts.mod_data.get_databases_by_courses, params), coursewire.contracts.mod_data.Databases)


def call_78(moodle: Moodle, params: coursewire.contracts.activity_parts.InCourses) -> None:
    assert_type(moodle.call(coursewire.contracts.mod_folder.get_folders_by_courses, params), coursewire.contracts.mod_folder.Folders)


def call_79(moodle: Moodle, params: coursewire.contracts.mod_forum.GetForums) -> None:
    assert_type(moodle.call(coursewire.contracts.mod_forum.get_forums_by_courses, params), list[coursewire.contracts.mod_forum.Forum])


def call_80(moodle: Moodle, params: coursewire.contracts.activity_parts.InCourses) -> None:
    assert_type(moodle.call(coursewire.contracts.mod_label.get_labels_by_courses, params), coursewire.contracts.mod_label.Labels)


def call_81(moodle: Moodle, params: coursewire.contracts.activity_parts.InCourses) -> None:
    assert_type(moodle.call(coursewire.contracts.mod_lesson.get_lessons_by_courses, params), coursewire.contracts.mod_lesson.Lessons)


def call_82(moodle: Moodle, params: coursewire.contracts.activity_parts.InCourses) -> None:
    assert_type(moodle.call(coursewire.contracts.mod_page.get_pages_by_courses, params), coursewire.contracts.mod_page.Pages)


def call_83(moodle: Moodle, params: coursewire.contracts.activity_parts.InCourses) -> None:
    assert_type(moodle.call(coursewire.contracts.mod_quiz.get_quizzes_by_courses, params), coursewire.contracts.mod_quiz.Quizzes)


def call_84(moodle: Moodle, params: coursewire.contracts.activity_parts.InCourses) -> None:
    assert_type(moodle.call(coursewire.contracts.mod_resource.get_resources_by_courses, params), coursewire.contracts.mod_resource.FileActivities)


def call_85(moodle: Moodle, params: coursewire.contracts.activity_parts.InCourses) -> None:
    assert_type(moodle.call(coursewire.contracts.mod_url.get_urls_by_courses, params), coursewire.contracts.mod_url.Links)


def call_86(moodle: Moodle, params: coursewire.contracts.activity_parts.InCourses) -> None:
    assert_type(moodle.call(coursewire.contracts.mod_workshop.get_workshops_by_courses, params), coursewire.contracts.mod_workshop.Workshops)


def call_87(moodle: Moodle, params: coursewire.contracts.parts.NoParameters) -> None:
    assert_type(moodle.call(coursewire.contracts.tool_mobile.get_public_config, params), coursewire.contracts.tool_mobile.PublicConfig)


def call_88(moodle: Moodle, params: coursewire.contracts.tool_mobile.GetConfig) -> None:
    assert_type(moodle.call(coursewire.contracts.tool_mobile.get_config, params), coursewire.contracts.tool_mobile.Config)


def call_89(moodle: Moodle, params: coursewire.contracts.tool_mobile.CallExternalFunctions) -> None:
    assert_type(moodle.call(coursewire.contracts.tool_mobile.call_external_functions, params), coursewire.contracts.tool_mobile.InnerResponses)
