#!/usr/bin/env python3
"""Writes the seed corpora from the test vectors: tests/fuzz/corpus/NAME/*. Run it after new vectors were added."""
import base64
import hashlib
import json
import pathlib

HERE = pathlib.Path(__file__).resolve().parent
MOST = 4095


def vectors(name):
    return json.loads((HERE.parent / "vectors" / (name + ".json")).read_text())["vectors"]


def put(folder, seeds):
    path = HERE / "corpus" / folder
    path.mkdir(parents=True, exist_ok=True)
    for n, (name, data) in enumerate(seeds):
        if len(data) > MOST:
            continue
        slug = "".join(c if c.isalnum() else "-" for c in name.lower())[:40].strip("-")
        (path / ("%02d-%s" % (n, slug))).write_bytes(data)


def expect(name, kinds=None, field="bytes"):
    return [(v["name"], bytes.fromhex(v["expect"][field])) for v in vectors(name) if kinds is None or v["kind"] in kinds]


def packed():
    for v in vectors("envelope"):
        plain = b"".join(bytes([i["kind"]]) + (len(i["bytes"]) // 2).to_bytes(4, "big") + bytes.fromhex(i["bytes"])
                         for i in v["items"])
        size = len(plain).to_bytes(4, "big")
        if "zstd_frame" in v:
            yield v["name"], b"\x01" + size + bytes.fromhex(v["zstd_frame"])
        else:
            yield v["name"], b"\x00" + size + plain


def invitation(kind):
    def s(text):
        return len(text.encode()).to_bytes(2, "big") + text.encode()
    body = (bytes([kind, 4, 1]) + b"\x11" * 16 + (1764000000000).to_bytes(8, "big") + b"\x12" * 16 + b"\x13" * 32
            + b"\x14" * 32 + s("510100") + s("某县") + s("510101") + s("某乡") + s("") + b"\x01" + s("https://10.0.0.1:9443"))
    check = hashlib.blake2b(body, digest_size=32, person=b"yz1:invite-id".ljust(16, b"\0")).digest()[:4]
    return b"YZ1-" + base64.b32encode(body + check).lower().rstrip(b"=")


put("record", expect("record"))
put("forward", expect("forward") + [("record", d) for name, d in expect("record") if name.startswith("a forward,")])
put("envelope", expect("envelope"))
put("statement", expect("statement"))
put("certificate", expect("certificate"))
put("root", expect("root"))
put("slot", expect("slot"))
put("request_head", expect("exchange", ["request_head"]))
put("answer_head", expect("exchange", ["answer_head", "hello"]))
frames = [b"".join(bytes([t]) + len(d).to_bytes(4, "big") + d for t, d in group) for group in (
    [(1, d) for _, d in expect("statement")[:3]], [(4, expect("envelope")[0][1]), (7, b"")],
    [(5, expect("exchange", ["part"])[0][1]), (6, expect("exchange", ["chunk"])[0][1])])]
put("frames", expect("exchange", ["frames"]) + [("group", f) for f in frames])
put("part_have_chunk", expect("exchange", ["part", "have", "chunk"]))
put("expand", packed())
put("invitation", [("one line", invitation(1)), ("for a machine", invitation(3))])
put("bundle", expect("bundle", field="head") + [("text", b"YZN2 frames behind the seal")])
put("typed", [("lines " + v["name"], v["expect"]["lines"].encode()) for v in vectors("notice") if v["kind"] == "notice"]
    + expect("notice", ["notice"])
    + [("pictures", "\n".join(v["expect"]["texts"]).encode()) for v in vectors("notice") if v["kind"] == "pictures"])
put("draft", [(v["name"], bytes.fromhex(v["expect"]["bytes"])) for v in vectors("draft") if v["kind"] == "draft_state"]
    + [("a piece", bytes.fromhex("91" * 16 + "92" * 16 + "0001") + b"sealed"), ("token", b"ae" * 30)])
office = "ab" * 16
put("act", [("act", json.dumps(a, ensure_ascii=False).encode()) for a in (
    {"v": 1, "act": "decision", "outcome": "adopted", "publication": "要情", "issue": 3, "rating": {"accuracy": 5}, "title": "巡查"},
    {"v": 1, "act": "decision", "outcome": "returned", "reason": "请补充"},
    {"v": 1, "act": "instruction", "text": "请查", "due_at": 1764000000000, "assignees": [office], "title": "巡查"},
    {"v": 1, "act": "progress", "text": "已办", "done": True}, {"v": 1, "act": "close"},
    {"v": 1, "act": "verify", "text": "多少？", "due_at": 1764000000000}, {"v": 1, "act": "answer", "text": "三"},
    {"v": 1, "act": "merged", "into": {"office": office, "case": office, "record": office * 2, "title": "综合"}},
    {"v": 1, "act": "cosign", "text": "请核对", "assignees": [office], "persons": [{"person": office, "name": "老周"}]},
    {"v": 1, "act": "cosigned"}, {"v": 1, "act": "cosign_declined", "reason": "人数不符"},
    {"v": 1, "act": "later"})])
put("absence", [(v["name"], bytes.fromhex(v["body"])) for v in vectors("record") if v["type"] == 17]
    + [("later", b'{"v":1,"act":"later"}')])
