"""Packets of socket.io 0.9 in the spellings that clients and servers really use."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftrack_protocol import json
from ftrack_protocol.socketio import packet as packets
from ftrack_protocol.socketio.packet import Packet, PacketError, PacketType, decode, encode

PLAIN = st.builds(
    Packet,
    st.sampled_from([kind for kind in PacketType if kind is not PacketType.ACKNOWLEDGE]),
    st.none() | st.integers(0, 10**17),
    st.just(False),
    st.text(st.characters(exclude_characters=":", exclude_categories=("Cs",)), max_size=5),
    st.text(max_size=20),
)


@pytest.mark.parametrize(
    ("text", "packet"),
    [
        ("0::", Packet(PacketType.DISCONNECT)),
        ("1::", Packet(PacketType.CONNECT)),
        ("2::", Packet(PacketType.HEARTBEAT)),
        ("2:::", Packet(PacketType.HEARTBEAT)),
        ("2", Packet(PacketType.HEARTBEAT)),
        ("3:::hello", Packet(PacketType.MESSAGE, data="hello")),
        ("4:::{}", Packet(PacketType.JSON, data="{}")),
        ("5:::{}", Packet(PacketType.EVENT, data="{}")),
        ("5:7+::{}", Packet(PacketType.EVENT, 7, wants_data=True, data="{}")),
        ("5:7:/chat:{}", Packet(PacketType.EVENT, 7, endpoint="/chat", data="{}")),
        ("5", Packet(PacketType.EVENT)),
        ("6:::7", Packet(PacketType.ACKNOWLEDGE, 7)),
        ('6:::7+[{"success":true}]', Packet(PacketType.ACKNOWLEDGE, 7, wants_data=True, data='[{"success":true}]')),
        ("7:::1+0", Packet(PacketType.ERROR, data="1+0")),
        ("5:::a:b:c", Packet(PacketType.EVENT, data="a:b:c")),
    ],
)
def test_a_frame_has_a_meaning(text: str, packet: Packet) -> None:
    assert decode(text) == packet


@pytest.mark.parametrize(
    "text", ["", "9::", "x", "12::", "5:a::", "6:::", "6:::x+[]", ":", "5:1234567890123456789::", "5:\u0663+::{}"]
)
def test_what_is_no_packet_is_refused(text: str) -> None:
    with pytest.raises(PacketError):
        decode(text)


def test_a_frame_has_a_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packets, "MAX_PACKET_LENGTH", 10)

    with pytest.raises(PacketError, match="11 characters; 10 are allowed"):
        decode("5:::1234567")


@given(packet=PLAIN)
def test_a_packet_travels_without_loss(packet: Packet) -> None:
    assert decode(encode(packet)) == packet


@given(number=st.integers(0, 10**17), arguments=st.lists(st.integers() | st.text(max_size=5), max_size=3))
def test_an_acknowledgement_travels_without_loss(number: int, arguments: list[Any]) -> None:
    packet = decode(encode(packets.acknowledgement(number, *arguments)))

    assert packet.id == number
    assert packets.acknowledged_arguments(packet) == arguments


def test_frames_are_the_ones_that_old_clients_know_to_the_letter() -> None:
    assert encode(Packet(PacketType.HEARTBEAT)) == "2::"
    assert encode(Packet(PacketType.CONNECT)) == "1::"
    assert encode(packets.event_packet({"topic": "ü"})) == '5:::{"name":"ftrack.event","args":[{"topic":"ü"}]}'
    assert encode(packets.event_packet({}, 3)).startswith("5:3+::{")
    assert encode(packets.acknowledgement(3, {"success": True})) == '6:::3+[{"success":true}]'
    assert encode(packets.acknowledgement(3)) == "6:::3"


@pytest.mark.parametrize(
    "data",
    ["", "no json", "[]", "{}", '{"name":"other","args":[{}]}', '{"name":"ftrack.event"}',
     '{"name":"ftrack.event","args":[]}', '{"name":"ftrack.event","args":[{},{}]}', "[" * 100_000,
     '{"name":"ftrack.event","args":[{"data":NaN}]}'],
)  # fmt: skip
def test_an_event_packet_without_its_event_is_refused(data: str) -> None:
    with pytest.raises(PacketError):
        packets.event_payload(Packet(PacketType.EVENT, data=data))


HALF = "\ud83d"


def test_half_a_character_passes_through_and_can_be_sent() -> None:
    payload = packets.event_payload(decode('5:::{"name":"ftrack.event","args":[{"data":"ü\\ud83d"}]}'))

    assert payload == {"data": f"ü{HALF}"}
    frame = encode(packets.event_packet(payload))
    assert packets.event_payload(decode(frame.encode("utf-8").decode("utf-8"))) == payload
    assert encode(packets.acknowledgement(1, {"message": HALF})).encode("utf-8").endswith(b'"\\ud83d"}]')


@given(payload=st.dictionaries(st.text(max_size=3), st.text(max_size=5), max_size=3))
def test_whatever_text_an_event_holds_its_frame_can_be_sent(payload: dict[str, Any]) -> None:
    frame = encode(packets.event_packet(payload)).encode("utf-8")

    assert packets.event_payload(decode(frame.decode("utf-8"))) == payload


def test_what_is_nested_too_deeply_to_send_is_a_value_error() -> None:
    nested: Any = {}
    for _ in range(100_000):
        nested = {"a": nested}

    with pytest.raises(ValueError, match="nested too deeply"):
        packets.event_packet(nested)


@pytest.mark.parametrize("data", ["", "no json", "{}"])
def test_an_acknowledgement_that_cannot_be_read_carries_nothing(data: str) -> None:
    assert packets.acknowledged_arguments(Packet(PacketType.ACKNOWLEDGE, 1, wants_data=True, data=data)) == []


@given(text=st.text(max_size=40) | st.text('0123456789:+{}[]"', max_size=40))
def test_no_frame_does_worse_than_a_packet_error(text: str) -> None:
    try:
        packets.event_payload(decode(text))
    except PacketError:
        return


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.none()))
def test_an_event_that_is_written_already_gives_the_same_frame(payload):
    assert packets.event_frame(json.dumps(payload)) == packets.encode(packets.event_packet(payload))
