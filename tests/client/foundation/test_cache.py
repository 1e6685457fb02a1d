"""Caches, layers and key makers."""

from __future__ import annotations

import copy
import json
import pickle
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftrack_api.cache import (
    Cache,
    FileCache,
    KeyMaker,
    LayeredCache,
    MemoryCache,
    ProxyCache,
    SerialisedCache,
    StringKeyMaker,
)
from ftrack_api.symbol import NOT_SET


def filled(cache, **values):
    for key, value in values.items():
        cache.set(key, value)
    return cache


@pytest.fixture(params=["memory", "proxy", "layered", "file", "serialised"])
def cache(request, tmp_path):
    file = str(tmp_path / "cache.dbm")
    return {
        "memory": MemoryCache,
        "proxy": lambda: ProxyCache(MemoryCache()),
        "layered": lambda: LayeredCache([MemoryCache(), MemoryCache()]),
        "file": lambda: FileCache(file),
        "serialised": lambda: SerialisedCache(FileCache(file), encode=json.dumps, decode=json.loads),
    }[request.param]()


def test_what_is_set_is_got_listed_and_removed(cache):
    filled(cache, one="1", two="2", größe="å")

    assert (cache.get("one"), cache.get("größe")) == ("1", "å")
    assert sorted(cache.keys()) == ["größe", "one", "two"]
    assert sorted(cache.values()) == ["1", "2", "å"]
    cache.remove("one")
    assert sorted(cache.keys()) == ["größe", "two"]


@pytest.mark.parametrize("verb", ["get", "remove"])
def test_a_missing_key_is_a_key_error_that_names_it(cache, verb):
    with pytest.raises(KeyError, match="nothing"):
        getattr(cache, verb)("nothing")


def test_setting_again_replaces(cache):
    filled(filled(cache, a="1"), a="2")

    assert cache.get("a") == "2"


def test_clear_forgets_everything_or_what_a_pattern_is_found_in(cache):
    filled(cache, task_1="a", task_2="b", user="c")

    cache.clear("task_")
    assert cache.keys() == ["user"]
    cache.clear()
    assert cache.keys() == []


class Vanishing(MemoryCache):
    """Lists a key that is gone when it is asked for."""

    def keys(self):
        return ["gone", *super().keys()]


def test_a_key_that_vanishes_meanwhile_does_no_harm():
    cache = filled(Vanishing(), a="1")

    assert cache.values() == ["1"]
    cache.clear()
    assert MemoryCache.keys(cache) == []


def test_a_cache_that_cannot_list_its_keys_says_so():
    class Blind(Cache):
        def get(self, key):
            return key

        def set(self, key, value):
            pass

        def remove(self, key):
            pass

    with pytest.raises(NotImplementedError, match="Blind"):
        Blind().keys()


def test_a_value_found_in_a_deeper_layer_is_given_to_the_layers_above_alone():
    layers = [MemoryCache(), MemoryCache(), MemoryCache()]
    layers[1].set("a", 1)
    cache = LayeredCache(layers)

    assert cache.get("a") == 1
    assert [layer.keys() for layer in layers] == [["a"], ["a"], []]


def test_not_set_in_a_layer_counts_as_missing():
    layers = [filled(MemoryCache(), a=NOT_SET), filled(MemoryCache(), a=1)]

    assert LayeredCache(layers).get("a") == 1
    with pytest.raises(KeyError):
        LayeredCache([filled(MemoryCache(), a=NOT_SET)]).get("a")


def test_removing_from_one_layer_of_many_is_enough():
    layers = [MemoryCache(), filled(MemoryCache(), a=1)]
    cache = LayeredCache(layers)

    cache.remove("a")
    with pytest.raises(KeyError):
        cache.remove("a")


def test_layers_may_be_added_later():
    cache = LayeredCache([MemoryCache()])
    cache.caches.append(filled(MemoryCache(), a=1))

    assert cache.get("a") == 1
    assert cache.keys() == ["a"]


def test_a_serialised_cache_without_functions_changes_nothing():
    assert filled(SerialisedCache(MemoryCache()), a=[1]).get("a") == [1]


def test_a_file_outlives_the_cache_and_takes_bytes(tmp_path):
    path = tmp_path / "cache.dbm"
    filled(FileCache(path), a=b"bytes", b="text")

    again = FileCache(path)

    assert (again.get("a"), again.get("b")) == ("bytes", "text")
    assert again._path == str(path)
    with again._database() as database:
        assert database[b"a"] == b"bytes"


def test_threads_share_a_file_cache(tmp_path):
    cache = FileCache(tmp_path / "cache.dbm")
    threads = [
        threading.Thread(target=lambda n=n: [cache.set(f"{n}-{i}", str(i)) for i in range(20)]) for n in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(cache.keys()) == 80


def test_text_keys_are_joined():
    assert StringKeyMaker().key({}, {}) == "{}{}"
    assert StringKeyMaker().key(("Task", ["1"])) == "('Task', ['1'])"


def test_a_key_maker_needs_a_rule():
    with pytest.raises(TypeError):
        KeyMaker()


@given(st.dictionaries(st.text(), st.text()))
def test_layers_hold_what_one_cache_would(values):
    layered, plain = LayeredCache([MemoryCache(), MemoryCache()]), MemoryCache()
    for key, value in values.items():
        layered.set(key, value)
        plain.set(key, value)

    assert layered.keys() == plain.keys()
    assert layered.values() == plain.values()


class TestFileCache:
    def test_values_older_than_the_lifetime_are_missing(self, tmp_path, monkeypatch):
        now = [1000.0]
        monkeypatch.setattr(time, "time", lambda: now[0])
        cache = filled(FileCache(tmp_path / "c", lifetime=60), a="1")
        now[0] += 30
        cache.set("b", "2")
        now[0] += 31

        assert cache.keys() == ["b"]
        with pytest.raises(KeyError, match="a"):
            cache.get("a")
        with cache._database() as database:
            assert len(database) == 1

    @pytest.mark.parametrize("lifetime", [0, -1])
    def test_a_lifetime_is_positive(self, tmp_path, lifetime):
        with pytest.raises(ValueError, match="positive"):
            FileCache(tmp_path / "c", lifetime=lifetime)

    def test_a_file_of_another_kind_is_left_alone_and_the_cache_put_beside_it(self, tmp_path):
        (tmp_path / "c").write_text("the cache of another client", encoding="utf-8")
        filled(FileCache(tmp_path / "c"), a="1")

        assert (tmp_path / "c").read_text(encoding="utf-8") == "the cache of another client"
        assert FileCache(tmp_path / "c").get("a") == "1"
        assert (tmp_path / "c.sqlite3").exists()

    def test_a_file_lies_where_it_was_asked_for(self, tmp_path):
        filled(FileCache(tmp_path / "c.dbm"), a="1")

        assert [file.name for file in tmp_path.iterdir()] == ["c.dbm"]

    def test_what_cannot_be_a_cache_is_refused_and_left_alone(self, tmp_path):
        for name in ("c", "c.sqlite3"):
            (tmp_path / name).write_text("my notes, long enough to be looked at as a database", encoding="utf-8")

        with pytest.raises(ValueError, match=r"c\.sqlite3 is no cache"):
            FileCache(tmp_path / "c")
        assert (tmp_path / "c.sqlite3").read_text(encoding="utf-8").startswith("my notes")

    def test_a_folder_that_is_missing_is_an_os_error_with_the_path(self, tmp_path):
        with pytest.raises(OSError, match=r"nowhere.*cannot be opened"):
            FileCache(tmp_path / "nowhere" / "c")

    def test_a_closed_file_is_opened_again(self, tmp_path):
        cache = filled(FileCache(tmp_path / "c"), a="1")
        cache.close()
        cache.close()

        assert cache.get("a") == "1"


@pytest.mark.parametrize("twin", [copy.copy, copy.deepcopy, lambda cache: pickle.loads(pickle.dumps(cache))])  # noqa: S301 - our own
def test_a_copy_of_a_memory_cache_has_its_values_and_goes_its_own_way(twin):
    cache = filled(MemoryCache(maximum=2), a="1")

    other = twin(cache)
    other.set("b", "2")
    other.set("c", "3")

    assert (cache.keys(), other.keys()) == (["a"], ["b", "c"])


@pytest.mark.parametrize(("key", "value"), [("k", {}), ("k", 5), ("k", None), (5, "v"), (b"k", "v")])
def test_a_file_cache_refuses_what_is_no_text_and_says_what_to_do(tmp_path, key, value):
    cache = FileCache(tmp_path / "cache")

    with pytest.raises(TypeError, match=r"SerialisedCache|keys of a FileCache are text"):
        cache.set(key, value)
    assert cache.keys() == []
