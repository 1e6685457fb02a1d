"""Keys of objects, and results kept by them."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftrack_api import cache
from ftrack_api.cache import Memoiser, MemoryCache, ObjectKeyMaker, memoise_decorator

plain = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(), st.binary()),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner), st.frozensets(st.integers())),
    max_leaves=10,
)


def module_function():
    pass


class Thing:
    def method(self):
        pass


def dumped(value):
    return pickle.dumps(value, 2)


@pytest.mark.parametrize(
    ("items", "key"),
    [
        (("a",), dumped("a")),
        ((1,), dumped(1)),
        (("a", 1), dumped("a") + b"\0" + dumped(1)),
        (({9: 1, 8: 2},), b"\1" + dumped(8) + b"\2" + dumped(2) + b"\0" + dumped(9) + b"\2" + dumped(1) + b"\1"),
        (([1, "a"],), b"\3" + dumped(1) + b"\0" + dumped("a") + b"\3"),
        ((b"\1",), b"\3" + dumped(1) + b"\3"),
        (({},), b"\1\1"),
        (([],), b"\3\3"),
        ((Thing,), b"\4Thing\0" + __name__.encode()),
        ((module_function,), b"\4module_function\0" + __name__.encode()),
        ((Thing().method,), b"\4method\0Thing\0" + __name__.encode()),
        ((len,), b"\4len"),
    ],
)  # fmt: skip
def test_the_bytes_of_a_key(items, key):
    assert ObjectKeyMaker().key(*items) == key


@given(plain)
def test_equal_items_have_equal_keys(item):
    again = pickle.loads(pickle.dumps(item))  # noqa: S301 - our own bytes

    assert ObjectKeyMaker().key(again) == ObjectKeyMaker().key(item)


@given(st.dictionaries(st.one_of(st.text(), st.integers(), st.booleans()), st.integers()))
def test_the_order_of_a_mapping_does_not_count(mapping):
    assert ObjectKeyMaker().key(dict(reversed(mapping.items()))) == ObjectKeyMaker().key(mapping)


def test_lambdas_of_one_module_are_told_apart():
    first = lambda: 1  # noqa: E731
    second = lambda: 2  # noqa: E731

    assert ObjectKeyMaker().key(first) != ObjectKeyMaker().key(second)


def counted(**settings):
    calls = []

    def function(a, b=2, *rest, c=3):
        calls.append((a, b, rest, c))
        return [a]

    return memoise_decorator(Memoiser(**settings))(function), calls


def test_spellings_of_one_call_run_the_function_once():
    function, calls = counted()

    function(1)
    function(a=1)
    function(1, 2)
    function(1, b=2, c=3)

    assert calls == [(1, 2, (), 3)]


def test_other_arguments_are_another_call():
    function, calls = counted()

    function(1)
    function(2)
    function(1, 2, 9)

    assert len(calls) == 3


@pytest.mark.parametrize(("copies", "seen"), [(True, [1]), (False, [1, "changed"])])
def test_callers_get_copies_unless_told_otherwise(copies, seen):
    function, _ = counted(return_copies=copies)

    function(1).append("changed")

    assert function(1) == seen


def test_none_is_a_result_too():
    calls = []
    memoiser = Memoiser()

    for _ in range(2):
        assert memoiser.call(lambda: calls.append(1)) is None

    assert len(calls) == 1


def test_a_builtin_without_a_signature_can_be_memoised():
    assert Memoiser().call(dict.fromkeys, ("ab",)) == {"a": None, "b": None}
    assert Memoiser().call(max, (1, 2)) == 2


def test_wrong_arguments_are_a_type_error():
    function, _ = counted()

    with pytest.raises(TypeError):
        function()


def test_the_default_memoiser_decorates():
    store = MemoryCache()
    assert isinstance(cache.memoiser, Memoiser)
    assert cache.memoise(module_function).__name__ == "module_function"
    assert Memoiser(cache=store).cache is store
