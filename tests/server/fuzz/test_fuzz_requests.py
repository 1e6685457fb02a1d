"""Mutated query texts, headers and bytes: never an internal error, always JSON in the documented shape."""

from __future__ import annotations

import gzip
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

fuzz = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
)
TOKENS = (
    *("select", "from", "where", "and", "or", "not", "in", "not_in", "is", "is_not", "like", "has", "any", "order"),
    *("by", "group", "limit", "offset", "asc", "descending", "none", "true", "(", ")", "[", "]", ",", ".", "=", ">="),
    *('"', "'", "\\", '""', '"%"', "''", "count(id)", "sum(bid)", "max(name)", "avg(", "1", "-1", "1.5", "1e999"),
    *("9" * 30, "2031-02-03", '"9999-12-31"', "1_0", "name", "id", "status.name", "parent[Shot].name", "Task", "Shot"),
    *("children any ()", "Context", "User", "Nope", "custom_attributes", "metadata", "link", "__entity_type__"),
    *("\ud800", "\x00", "\n", "😀", "\u202e", "\u2018x\u2019", "; drop table context", "--", "/*", "$1", ":x"),
    *("%(x)s", "?", "x" * 3000, "(" * 150, "not " * 150),
)
NAMES = (
    *("ftrack-user", "ftrack-api-key", "ftrack-strict-api", "ftrack-api-options", "content-type", "accept-encoding"),
    *("ftrack-clienttoken", "ftrack-pushtoken", "cookie", "origin", "host", "content-encoding", "content-length"),
    *("x-request-id", "ftrack-api-user", "accept", "connection", "x-odd"),
)
TEXTS = (
    *("", " ", "true", "false", "undefined", "strict:1;denormalize:1", "strict=1", ";;==::", "gzip", "identity"),
    *("text/html; charset=utf-16", "é", "\xc3\xa9", "\xff\xfe", "x" * 5000, "a\tb", "ftrack=..", "ftrack_session=x.y"),
    *("http://evil", "null", "\x00", "%00", "kim", "[::1", "a b", "server:99999", "*", "br", "-1"),
)


def run(count: int, body: Any, *strategies: Any) -> None:
    settings(fuzz, max_examples=count)(given(*strategies)(body))()


def test_mutated_expressions(site: Any, material: Any, examples: Any) -> None:
    texts = material["expressions"]

    def expression(action: int, which: int, changes: list[tuple[int, int, int]]) -> None:
        words = texts[which % len(texts)].split(" ")
        for kind, where, what in changes:
            place = where % len(words) if words else 0
            if kind == 0 or not words:
                words.insert(place, TOKENS[what % len(TOKENS)])
            elif kind == 1:
                words[place] = TOKENS[what % len(TOKENS)]
            elif kind == 2:
                del words[place]
            else:
                words[place] = words[place][: what % (len(words[place]) + 1)] + words[what % len(words)]
        operation = {"action": "query", "expression": " ".join(words)}
        if action == 0:
            operation |= {"action": "search", "terms": [TOKENS[which % len(TOKENS)]], "context_id": "project"}
        options = {"ftrack-api-options": "strict:1;denormalize:1"} if action == 1 else {}
        site.check(json.dumps([operation]).encode(), options)

    change = st.tuples(st.integers(0, 3), st.integers(0, 99), st.integers(0, 199))
    run(examples(1500), expression, st.integers(0, 5), st.integers(0, 99), st.lists(change, max_size=3))


def test_odd_headers(site: Any, examples: Any) -> None:
    body = json.dumps([{"action": "query", "expression": "select id from User limit 3"}]).encode()
    headers = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(TEXTS), max_size=4)

    def request(odd: dict[str, str]) -> None:
        site.check(body, odd)

    run(examples(500), request, headers)


def test_damaged_bodies(site: Any, material: Any, examples: Any) -> None:
    whole = [json.dumps(site.resolved(batch)).encode() for batch in material["batches"]]

    def damaged(which: int, cut: int, kind: int, noise: bytes) -> None:
        body = whole[which % len(whole)]
        place = cut % (len(body) + 1)
        bodies = (
            body[:place],
            body[:place] + noise + body[place:],
            body[:place] + noise + body[place + len(noise) :],
            noise,
            gzip.compress(body)[: place + 20] + noise,
            b"\xef\xbb\xbf" + body,
            body.decode().encode("utf-16"),
            b"[" * place,
        )
        packed = {"content-encoding": "gzip"} if kind == 4 else {}
        site.check(bodies[kind], packed, readable=False)

    run(examples(500), damaged, st.integers(0, 99), st.integers(0, 9999), st.integers(0, 7), st.binary(max_size=40))


def test_other_methods_and_paths(site: Any, examples: Any) -> None:
    methods = st.sampled_from(["GET", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS", "POST", "X"])
    paths = st.sampled_from(["/api", "/api/", "/api/x", "/", "//api", "/api%00", "/apis", "/API", "/../api", "/é"])

    def request(method: str, path: str, body: bytes) -> None:
        if method not in {"HEAD", "OPTIONS"}:
            site.check(body, method=method, path=path, readable=False)

    run(examples(100), request, methods, paths, st.sampled_from([b"", b"[]", b"{}", b"null"]))
