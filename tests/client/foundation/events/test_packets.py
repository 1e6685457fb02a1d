"""The steps of a hub by which packets are written and read, called and overridden as old programs do."""

from __future__ import annotations

import decimal
import threading

import pytest

from ftrack_api import exception
from ftrack_api.event.base import Event
from ftrack_api.event.hub import EventHub, _ProcessorThread


@pytest.fixture
def frames(event_server, hub):
    """Return what arrives at the server from now on, once there is a number of frames."""
    event_server.until(lambda: event_server.peers[0].subscribers)
    peer = event_server.peers[0]
    before = len(peer.frames)

    def arrived(number):
        event_server.until(lambda: len(peer.frames) >= before + number)
        return peer.frames[before:]

    return arrived


def test_codes_are_found_by_name_and_names_by_code():
    mapping = EventHub._code_name_mapping

    assert (mapping["5"], mapping["event"]) == ("event", "5")
    assert all(mapping[mapping[key]] == key for key in mapping)


def test_packets_are_sent_as_they_are_told(hub, frames):
    hub._send_packet("2")
    hub._send_packet("3", "text: å")
    hub._acknowledge_packet("7")
    hub._acknowledge_packet("8+", {"a": 1}, 2)

    assert frames(4) == ["2:::", "3:::text: å", "6:::7", '6:::8+[{"a":1},2]']


def test_an_event_packet_asks_for_an_answer_where_there_is_a_callback(event_server, hub, frames):
    answers, done = [], threading.Event()

    hub._emit_event_packet("ftrack.event", Event("a", id="1"), None)
    hub._emit_event_packet("ftrack.event", Event("b", id="2"), lambda answer: (answers.append(answer), done.set()))

    silent, asking = frames(2)
    assert silent.startswith('5:::{"name":"ftrack.event","args":[{"id":"1"')
    number = asking.partition("+::")[0].partition(":")[2]
    assert number.isdigit()
    assert done.wait(30)
    assert answers == [{"success": True}]
    with pytest.raises(KeyError):
        hub._pop_packet_callback(f"{number}+")


def test_callbacks_are_kept_by_identifier_until_they_are_taken(hub):
    first, second = hub._add_packet_callback(print), hub._add_packet_callback(repr)

    assert first.endswith("+")
    assert first != second
    assert hub._pop_packet_callback(second) is repr
    assert hub._pop_packet_callback(first.rstrip("+")) is print
    with pytest.raises(KeyError):
        hub._pop_packet_callback(first)


@pytest.mark.parametrize(
    "step",
    [
        lambda hub: hub._send_packet("2"),
        lambda hub: hub._acknowledge_packet("1"),
        lambda hub: hub._emit_event_packet("ftrack.event", Event("a"), None),
        lambda hub: hub._add_packet_callback(print),
    ],
)
def test_without_a_connection_packets_are_an_error(step):
    with pytest.raises(exception.EventHubConnectionError, match="Not currently connected"):
        step(EventHub("http://studio.test", "kim", "key"))


def test_hooks_see_what_json_does_not_know():
    class Hub(EventHub):
        def _encode_object_hook(self, item):
            return {"decimal": str(item)} if isinstance(item, decimal.Decimal) else super()._encode_object_hook(item)

        def _decode_object_hook(self, item):
            found = super()._decode_object_hook(item)
            return decimal.Decimal(found["decimal"]) if "decimal" in found else found

    hub = Hub("http://studio.test", "kim", "key")
    event = Event("a", id="1", in_reply_to_event="0", data=[decimal.Decimal("1.5")])

    text = hub._encode({"args": [event]})

    assert "inReplyToEvent" in text
    assert hub._decode(text)["args"][0] == dict(event)
    assert hub._encode_object_hook(event)["inReplyToEvent"] == "0"
    with pytest.raises(TypeError, match="set"):
        hub._encode({1, 2})


def test_published_events_go_by_the_steps_that_a_subclass_overrides(event_server, make_hub):
    sent = []

    class Hub(EventHub):
        def _send_packet(self, code, data="", callback=None):
            sent.append((self._code_name_mapping[code], data))
            super()._send_packet(code, data, callback)

    hub = Hub(event_server.url, "kim", "key")
    hub.connect()
    hub.publish(Event("a", id="1", data=(1, 2)))
    event_server.until(lambda: "a" in event_server.topics())
    hub.disconnect()

    assert [name for name, data in sent if '"topic":"a"' in data and '"data":[1,2]' in data] == ["event"]
    assert [name for name, data in sent if "ftrack.meta.subscribe" in data] == ["event"]


def test_a_thread_reads_for_the_hub_it_is_made_for():
    read = []

    class Hub(EventHub):
        def _receive_packet(self):
            read.append(threading.current_thread())
            return False

    thread = _ProcessorThread(Hub("http://studio.test", "kim", "key"))
    thread.cancel()
    thread.start()
    thread.join(30)

    assert thread.daemon
    assert _ProcessorThread.__module__ == "ftrack_api.event.hub"
    assert read == [thread]
