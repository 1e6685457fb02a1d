"""What tests of users put in place of requests: it is asked once, at once, as the old client asked."""

from __future__ import annotations

from unittest import mock

import pytest
import requests

from ftrack_api import exception
from ftrack_api._transport.base import Request
from ftrack_api._transport.client import HttpTransport


class Refusing(requests.adapters.BaseAdapter):
    def __init__(self, refuse):
        super().__init__()
        self.send = refuse

    def close(self):
        pass


def mounted(transport, refuse):
    transport.session.mount("http://", Refusing(refuse))


def set_on_the_session(name):
    def stand_in(transport, refuse):
        setattr(transport.session, name, refuse)

    return stand_in


def assigned(transport, refuse):
    transport.session = mock.Mock(spec=requests.Session, post=refuse)


def set_on_the_adapter(transport, refuse):
    transport.session.get_adapter("http://studio.invalid").send = refuse


@pytest.fixture
def transport(make_config):
    transport = HttpTransport(make_config("http://studio.invalid"), sleep=pytest.fail)
    yield transport
    transport.close()


@pytest.fixture
def request_():
    return Request("POST", "http://studio.invalid/api", {"accept": "*"}, b'[{"b":1,"a":2}]', 10, read_only=True)


@pytest.mark.parametrize(
    "stand_in",
    [*map(set_on_the_session, ("post", "request", "send")), mounted, assigned, set_on_the_adapter],
)
@pytest.mark.parametrize("error", [requests.exceptions.ConnectionError, requests.exceptions.ReadTimeout])
def test_a_failure_of_a_stand_in_is_final(transport, request_, stand_in, error):
    refuse = mock.Mock(side_effect=error("no"))
    stand_in(transport, refuse)

    with pytest.raises(error) as raised:
        transport.send(request_)

    assert refuse.call_count == 1
    assert isinstance(raised.value, exception.NetworkError)


@pytest.mark.parametrize("name", ["post", "request", "send"])
def test_a_failure_of_a_stand_in_on_the_class_is_final(transport, request_, monkeypatch, name):
    refuse = mock.Mock(side_effect=requests.exceptions.ConnectionError("no"))
    monkeypatch.setattr(requests.Session, name, refuse)

    with pytest.raises(requests.exceptions.ConnectionError):
        transport.send(request_)

    assert refuse.call_count == 1


@pytest.mark.parametrize("module", ["session", "accessor.server"])
def test_requests_can_be_patched_where_the_old_client_imports_it(transport, request_, module):
    with mock.patch(f"ftrack_api.{module}.requests.Session.post", return_value=mock.Mock(text="[7]")) as post:
        assert transport.send(request_).body == b"[7]"

    assert post.call_count == 1


def test_a_replaced_post_gets_the_arguments_it_knows(transport, request_):
    def post(url, data, headers, timeout):
        return mock.Mock(text=f"{url} {data} {headers} {timeout}")

    transport.session.post = post
    response = transport.send(request_)

    assert response.status == 200
    assert response.body.decode() == """http://studio.invalid/api [{"a": 2, "b": 1}] {'accept': '*'} 10"""


def test_an_answer_made_by_hand_counts_with_all_it_tells(transport, request_):
    answer = requests.Response()
    answer.status_code, answer._content, answer.headers = 503, b"busy", {"X-Request-ID": "7"}
    transport.session.post = mock.Mock(return_value=answer)
    response = transport.send(request_)

    assert (response.status, response.body, dict(response.headers)) == (503, b"busy", {"x-request-id": "7"})
