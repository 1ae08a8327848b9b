"""Ids are in the order of time, name their kind, and are taken for nothing else."""

import time
from uuid import RFC_4122, UUID

import pytest

from domain.ids import new_id, read_id, show_id, split_id
from domain.refusals import Refusal, RefusalCode

ID = UUID("018f2a4b-7c1d-7e3f-8a5b-0123456789ab")


def test_an_id_is_a_uuid_of_version_7() -> None:
    id = new_id()
    assert (id.version, id.variant) == (7, RFC_4122)


def test_an_id_carries_the_time_in_milliseconds() -> None:
    before = time.time_ns() // 1_000_000
    at = new_id().int >> 80
    assert before <= at <= time.time_ns() // 1_000_000


def test_later_ids_are_larger() -> None:
    first, begun = new_id(), time.time_ns() // 1_000_000
    while time.time_ns() // 1_000_000 == begun:
        pass
    assert new_id() > first


def test_ids_of_one_instant_differ() -> None:
    assert len({new_id() for _ in range(20_000)}) == 20_000


def test_an_id_comes_back_as_it_went() -> None:
    id = new_id()
    assert read_id("lead", show_id("lead", id)) == id
    assert split_id("lead_" + str(ID)) == ("lead", ID)
    assert split_id("api_key_" + str(ID)) == ("api_key", ID), "a kind may have an underscore"


@pytest.mark.parametrize("text", ["", "lead", "lead_", "lead_1", f"lead_{ID}x", "lead_018f2a4b", "_", "\x00", "lead_é"])
def test_what_is_no_id_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        split_id(text)
    assert refused.value.code is RefusalCode.BAD_INPUT


@pytest.mark.parametrize("text", [show_id("conversation", ID), str(ID), f"_{ID}", f"Lead_{ID}"])
def test_an_id_of_another_kind_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_id("lead", text, "leadId")
    assert (refused.value.code, refused.value.field) == (RefusalCode.BAD_INPUT, "leadId")
    assert "lead" in refused.value.message
