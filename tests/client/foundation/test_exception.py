"""The tree of exceptions: messages, details, pickles and the old names."""

from __future__ import annotations

import inspect
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftrack_api import exception

CLASSES = [item for item in vars(exception).values() if inspect.isclass(item) and issubclass(item, exception.Error)]


def travelled(error):
    return pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes


@given(st.text())
def test_a_message_without_details_is_shown_as_it_is(text):
    assert str(exception.ServerError(text)) == text


@given(st.text(), st.dictionaries(st.text(), st.one_of(st.text(), st.integers(), st.binary())))
def test_no_message_and_details_make_printing_fail(text, details):
    assert isinstance(str(exception.Error(text, details)), str)


def test_details_fill_a_template_without_byte_marks():
    assert str(exception.Error("{name} has {n}", details={"name": "å", "n": 2})) == "å has 2"


def test_a_template_that_cannot_be_filled_is_shown_as_it_is():
    assert str(exception.Error("{missing} {0}", details={"name": 1})) == "{missing} {0}"


def test_positional_arguments_are_kept_and_defaults_are_used():
    assert exception.ServerError("x").args == ("x",)
    assert exception.ServerError(message="x").args == ()
    assert str(exception.NoResultFoundError()) == exception.NoResultFoundError.default_message


def test_the_traceback_of_the_exception_being_handled_is_kept_as_text():
    assert exception.Error().traceback == "NoneType: None\n"
    try:
        int("first")
    except ValueError:
        error = exception.Error()
    assert "ValueError: invalid literal" in error.traceback


class NotPicklable:
    def __reduce__(self):
        raise TypeError

    def __str__(self):
        return "<thing>"


@pytest.mark.parametrize("error_class", CLASSES, ids=lambda item: item.__name__)
def test_every_class_can_be_made_shown_and_pickled(error_class):
    names = [
        name
        for name, parameter in inspect.signature(error_class).parameters.items()
        if parameter.default is parameter.empty and parameter.kind is parameter.POSITIONAL_OR_KEYWORD
    ]
    error = error_class(*([NotPicklable()] for _ in names))
    error.note = NotPicklable()

    again = travelled(error)

    assert type(again) is error_class
    assert str(again) == str(error)
    assert again.note == "<thing>"
    assert "b'" not in str(error)


def test_a_server_error_keeps_its_facts_through_pickle():
    error = exception.Unauthorized("no")
    error.status, error.code = 401, "api_credentials_invalid"

    again = travelled(error)

    assert (again.status, again.code, again.args) == (401, "api_credentials_invalid", ("no",))


def test_an_unknown_type_offers_near_names_and_is_a_key_error():
    error = exception.UnrecognisedEntityTypeError("Shoot", suggestions=["Shot", "Show"])

    assert str(error) == 'Entity type "Shoot" not recognised. Did you mean "Shot" or "Show"?'
    assert str(exception.UnrecognisedEntityTypeError("Shoot")) == 'Entity type "Shoot" not recognised.'
    assert isinstance(error, KeyError)
    assert error.details == {"entity_type": "Shoot"}


def test_the_callers_details_are_left_alone():
    mine = {"more": 1}

    error = exception.ImmutableAttributeError(type("A", (), {"name": "id"}), details=mine)

    assert mine == {"more": 1}
    assert error.details["more"] == 1
    assert '"id"' in str(error)


@pytest.mark.parametrize("error_class", [exception.ComponentInLocationError, exception.ComponentNotInLocationError])
def test_components_may_be_one_or_many(error_class):
    one = error_class({"name": "c"}, "here")
    many = error_class(["a", "b"], "here", details={"transferred": ["a"]})

    assert one.details["components"] == [{"name": "c"}]
    assert many.details["formatted_components"] == "a, b"
    assert many.details["transferred"] == ["a"]
    assert "a, b" in str(many)


def test_an_accessor_error_shows_operation_resource_and_cause():
    error = exception.AccessorOperationFailedError("open", "/x", ValueError("timed out"))

    assert str(error) == "Operation open failed: timed out"
    assert exception.AccessorResourceNotFoundError(resource_identifier="/x", error="e").details["error"] == "e"


@pytest.mark.parametrize(
    ("error_class", "base"),
    [
        (exception.ServerCompatibilityError, exception.ServerError),
        (exception.Timeout, exception.ServerError),
        (exception.ConnectionError, exception.ServerError),
        (exception.Unauthorized, exception.AuthenticationError),
        (exception.PermissionDenied, exception.PermissionDeniedError),
        (exception.NotFound, exception.NotFoundError),
        (exception.NoResultFoundError, exception.IncorrectResultError),
        (exception.ComponentInLocationError, exception.LocationError),
        (exception.AccessorUnsupportedOperationError, exception.AccessorOperationFailedError),
        (exception.AccessorContainerNotEmptyError, exception.AccessorResourceError),
        (exception.EventHubConnectionError, exception.EventHubError),
    ],
)
def test_families(error_class, base):
    assert issubclass(error_class, base)


def test_our_attribute_error_is_not_the_builtin():
    assert not issubclass(exception.AttributeError, AttributeError)
    assert exception.Error.__module__ == "ftrack_api.exception"
