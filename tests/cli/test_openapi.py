"""`coursewire openapi`: a service as a document for tools."""

from openapi_spec_validator import validate

from coursewire.presets import model
from coursewire.reference.openapi import PATH
from tests.cli.conftest import Command


def test_a_service_is_printed_as_openapi(placed: Command) -> None:
    placed("preset", "apply", "cyclr", "--yes")
    document = placed("openapi", "--service", "cyclr").json
    validate(document)
    assert set(document["paths"]) == {PATH + name for name in model.load("cyclr").functions}
    assert document["info"]["title"] == "Cyclr"
    assert placed("openapi", "--service", "Cyclr").json == document


def test_what_is_not_implemented_is_left_out_and_told(placed: Command) -> None:
    placed("service", "create", "Mail", "--shortname", "mail")
    placed("service", "functions", "add", "mail", "core_message_send_instant_messages",
           "core_group_get_groups")  # fmt: skip
    done = placed("openapi", "--service", "mail")
    assert list(done.json["paths"]) == [PATH + "core_group_get_groups"]
    assert "1 function, core_message_send_instant_messages" in done.err


def test_an_unknown_service_is_told(placed: Command) -> None:
    assert "there is no service 'x'" in placed.refused("openapi", "--service", "x")
