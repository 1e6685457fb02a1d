"""Symbols keep their identity wherever they travel; the chunk size survives odd settings."""

from __future__ import annotations

import copy
import pickle

import pytest

from ftrack_api import symbol


@pytest.mark.parametrize("name", ["NOT_SET", "CREATED", "MODIFIED", "DELETED", "JOB_SYNC_USERS_LDAP"])
def test_a_symbol_is_itself_after_copies_and_pickles(name):
    one = getattr(symbol, name)

    assert copy.copy(one) is one
    assert copy.deepcopy([one])[0] is one
    assert pickle.loads(pickle.dumps(one)) is one  # noqa: S301 - our own bytes


def test_a_symbol_made_elsewhere_is_pickled_by_name():
    again = pickle.loads(pickle.dumps(symbol.Symbol("MINE", 0)))  # noqa: S301 - our own bytes

    assert (str(again), bool(again), repr(again)) == ("MINE", False, "Symbol(MINE)")


def test_not_set_is_false_and_the_others_are_true():
    assert not symbol.NOT_SET
    assert symbol.CREATED
    assert repr(symbol.NOT_SET) == "Symbol(NOT_SET)"


@pytest.mark.parametrize(("text", "size"), [(None, 1048576), ("", 1048576), ("0", 1048576), ("4096", 4096)])
def test_the_chunk_size_is_read_from_text(text, size):
    assert symbol._chunk_size(text) == size


@pytest.mark.parametrize("text", ["-1", "much", "1.5"])
def test_a_chunk_size_that_is_none_is_replaced_with_a_warning(text):
    with pytest.warns(RuntimeWarning, match="FTRACK_API_FILE_CHUNK_SIZE"):
        assert symbol._chunk_size(text) == 1048576
