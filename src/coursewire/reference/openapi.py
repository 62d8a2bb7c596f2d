"""An OpenAPI 3.1 document of functions: one operation each, a form in, JSON out."""

from collections.abc import Iterable
from typing import Any

from coursewire.contracts.function import AnyFunction
from coursewire.reference.families import families, family_name
from coursewire.reference.json_schema import AnswerSchemas, JsonSchema, form_schema

# The server ignores what follows the script's name, as Moodle does; so each function has a path.
PATH = "/webservice/rest/server.php/"
_SCHEMAS = "#/components/schemas/"
_FORM = "application/x-www-form-urlencoded"

ERROR: JsonSchema = {
    "type": "object",
    "description": "A refusal. It has status 200 like an answer: look for `exception`.",
    "required": ["exception", "message"],
    "properties": {
        "exception": {"type": "string", "description": "the kind of refusal"},
        "errorcode": {"type": "string", "description": "which refusal; the one to test"},
        "message": {"type": "string", "description": "words for a person, not to be tested"},
        "debuginfo": {"type": "string", "description": "only on sites in development"},
    },
    "additionalProperties": False,
}


_ABOUT = """Every call is a POST of a form with the token in `wstoken`.

Nested parameters are fields with brackets, as in the style `deepObject`, and lists are numbered \
from 0: `groups[0][name]=Red`. The first item of each list is spelled out; a pattern admits others.

A refusal has status 200 like an answer. Look for the key `exception`, and test `errorcode`.
"""


def document(
    functions: Iterable[AnyFunction], *, server: str, version: str, service: str = ""
) -> dict[str, Any]:
    """Return the document for a server at an address without trailing slash."""
    found = families(functions)
    schemas = AnswerSchemas(_SCHEMAS)
    operations = {
        PATH + function.name: {"post": _operation(function, schemas)}
        for members in found.values()
        for function in members
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": service or "Coursewire: Moodle's web-service functions",
            "version": version,
            "description": _ABOUT,
        },
        "servers": [{"url": server}],
        "tags": [{"name": name} for name in found],
        "paths": operations,
        "components": {
            "schemas": {"Error": ERROR, **dict(sorted(schemas.objects.items()))},
            "responses": _RESPONSES,
        },
    }


_RESPONSES: JsonSchema = {
    "Off": {"description": "Web services or the REST protocol are switched off. No body."},
    "TooMuch": {
        "description": "The request is over a limit.",
        "content": {"application/json": {"schema": {"$ref": _SCHEMAS + "Error"}}},
    },
    "Later": {
        "description": "Too many requests; `Retry-After` tells when to come back.",
        "content": {"application/json": {"schema": {"$ref": _SCHEMAS + "Error"}}},
    },
}


def _operation(function: AnyFunction, schemas: AnswerSchemas) -> JsonSchema:
    operation: JsonSchema = {
        "operationId": function.name,
        "tags": [family_name(function)],
        "summary": function.summary,
        "description": _description(function),
        "requestBody": {
            "required": True,
            "content": {
                _FORM: {"schema": form_schema(function.parameter_tree(), _fields(function))}
            },
        },
        "responses": {
            "200": {
                "description": "The answer, or a refusal.",
                "content": {"application/json": {"schema": _answer(function, schemas)}},
            },
            "400": {"$ref": "#/components/responses/TooMuch"},
            "403": {"$ref": "#/components/responses/Off"},
            "413": {"$ref": "#/components/responses/TooMuch"},
            "429": {"$ref": "#/components/responses/Later"},
        },
    }
    return operation | ({"deprecated": True} if function.deprecated else {})


def _description(function: AnyFunction) -> str:
    capabilities = ", ".join(function.capabilities) or "none"
    return f"Kind: {function.kind}. Declared capabilities: {capabilities}."


def _fields(function: AnyFunction) -> JsonSchema:
    return {
        "wstoken": {"type": "string", "format": "password", "description": "the token"},
        "wsfunction": {"type": "string", "const": function.name},
        "moodlewsrestformat": {"type": "string", "const": "json"},
    }


def _answer(function: AnyFunction, schemas: AnswerSchemas) -> JsonSchema:
    tree = function.return_tree()
    answer: JsonSchema = {"type": "null"} if tree is None else schemas.of(tree)
    return {"anyOf": [answer, {"$ref": _SCHEMAS + "Error"}]}
