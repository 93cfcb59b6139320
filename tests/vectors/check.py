#!/usr/bin/env python3
"""Computes every vector in this folder again without a line of our own C++.

Only the Python standard library (hashlib's BLAKE2b among it) and libsodium through
ctypes (and libzstd, to read one frame). The layouts are written here a second time, from
crypto/FORMATS.md and sync/PROTOCOL.md. Prints what was checked; exits 1 on any difference.

    check.py          compare
    check.py --fill   compute "expect" where a new vector has none yet; never touches one that is there
"""
import ctypes
import hashlib
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
NA = ctypes.CDLL("libsodium.so.23")
if NA.sodium_init() < 0:
    sys.exit("libsodium does not start")
SUITE = b"\x01"
U64 = ctypes.c_ulonglong


def call(name, *args):
    if getattr(NA, name)(*args) != 0:
        raise ValueError(name + " failed")


def buf(n):
    return ctypes.create_string_buffer(n)


def u(value, size):
    return int(value).to_bytes(size, "big")


def h(text):
    return bytes.fromhex(text)


def blake(personal, data, size=32, key=b""):
    return hashlib.blake2b(data, digest_size=size, key=key, person=personal.encode().ljust(16, b"\0")).digest()


def sign_public(seed):
    pk, sk = buf(32), buf(64)
    call("crypto_sign_seed_keypair", pk, sk, seed)
    return pk.raw, sk.raw


def sign(seed, context, message):
    whole = context.encode().ljust(32, b"\0") + SUITE + message
    out = buf(64)
    pk, sk = sign_public(seed)
    call("crypto_sign_detached", out, None, whole, U64(len(whole)), sk)
    call("crypto_sign_verify_detached", out, whole, U64(len(whole)), pk)
    return out.raw


def box_public(secret):
    out = buf(32)
    call("crypto_scalarmult_base", out, secret)
    return out.raw


def sealed_box(plain, reader_public, ephemeral_secret):
    """crypto_box_seal with the ephemeral key given: public ‖ box under nonce BLAKE2b-192(public ‖ reader)."""
    ephemeral = box_public(ephemeral_secret)
    nonce = hashlib.blake2b(ephemeral + reader_public, digest_size=24).digest()
    out = buf(len(plain) + 16)
    call("crypto_box_easy", out, plain, U64(len(plain)), nonce, reader_public, ephemeral_secret)
    return ephemeral + out.raw


def aead(key, nonce, plain, associated):
    out = buf(len(plain) + 16)
    call("crypto_aead_xchacha20poly1305_ietf_encrypt", out, None, plain, U64(len(plain)), associated,
         U64(len(associated)), None, nonce, key)
    return out.raw


def group_digits(data):
    return " ".join("%05d" % int.from_bytes(data[i:i + 2], "big") for i in range(0, 16, 2))


def padded(content, least):
    n = max(content + 1, least)
    step = 256 if n < 4096 else 1 << (n.bit_length() - 6)
    return -(-n // step) * step


def base32(data):
    bits = "".join("{:08b}".format(b) for b in data)
    bits += "0" * (-len(bits) % 5)
    return "".join("abcdefghijklmnopqrstuvwxyz234567"[int(bits[i:i + 5], 2)] for i in range(0, len(bits), 5))


def do_text(v):
    return {"hex": h(v["bytes"]).hex(), "base32": base32(h(v["bytes"]))}


def do_fingerprint(v):
    return {"groups": group_digits(h(v["hash"]))}


def do_hash(v):
    data = b"".join(h(p) for p in v["parts"])
    return {"digest": blake(v["personal"], data, v.get("size", 32), h(v.get("key", ""))).hex()}


def do_id(v):
    key = h(v["key"])
    return {"office": blake("yz1:office-id", key, 16).hex(), "node": blake("yz1:node-id", key, 16).hex(),
            "person": blake("yz1:person-id", key, 16).hex(), "hint": blake("yz1:key-hint", key)[:8].hex()}


def do_sign(v):
    message = b"".join(h(p) for p in v["parts"])
    return {"public": sign_public(h(v["seed"]))[0].hex(), "signature": sign(h(v["seed"]), v["context"], message).hex()}


def do_certificate(v):
    code, name = v["code"].encode(), v["name"].encode()
    issuer_key = sign_public(h(v["issuer_seed"]))[0]
    tail = (h(v["office"]) + h(v["subject"]) + h(v["issuer"]) + issuer_key + u(v["not_before_ms"], 8)
            + u(v["not_after_ms"], 8) + u(v["serial"], 8) + u(v["level"], 1) + b"\0" + u(v["roles"], 2) + h(v["key"])
            + u(len(code), 1) + code + u(len(name), 2) + name)
    head = b"YZC1" + SUITE + u(v["type"], 1) + u(v["flags"], 2) + u(12 + len(tail) + 64, 4)
    body = head + tail
    whole = body + sign(h(v["issuer_seed"]), "yizhan/v1/cert", blake("yz1:cert", body))
    digest = blake("yz1:cert", whole)
    return {"bytes": whole.hex(), "digest": digest.hex(), "fingerprint": group_digits(digest)}


def do_root(v):
    keys = sorted(h(k) for k in v["keys"])
    body = (b"YZT1" + SUITE + u(v["threshold"], 1) + u(len(keys), 1) + b"\0" + u(v["version"], 4) + u(v["issued_ms"], 8)
            + h(v["top"]) + h(v["top_key"]) + b"".join(keys))
    digest = blake("yz1:root", body)
    sigs = sorted((sign_public(h(s))[0], sign(h(s), "yizhan/v1/root", digest)) for s in v["holder_seeds"])
    whole = body[:7] + u(len(sigs), 1) + body[8:] + b"".join(k + s for k, s in sigs)
    return {"bytes": whole.hex(), "digest": digest.hex(), "fingerprint": group_digits(digest)}


def do_box(v):
    public = box_public(h(v["secret"]))
    return {"public": public.hex(), "hint": blake("yz1:key-hint", public)[:8].hex()}


def do_wrap(v):
    reader = box_public(h(v["reader_secret"]))
    return {"wrap": sealed_box(h(v["cek"]) + h(v["header"]), reader, h(v["ephemeral_secret"])).hex()}


def do_aead(v):
    return {"ciphertext": aead(h(v["key"]), h(v["nonce"]), h(v["plain"]), h(v["associated"])).hex()}


def do_padding(v):
    return {"size": padded(v["content"], v["least"])}


def do_derive(v):
    out = buf(32)
    call("crypto_kdf_derive_from_key", out, ctypes.c_size_t(32), ctypes.c_uint64(v["number"]), v["context"].encode(),
         h(v["parent"]))
    return {"key": out.raw.hex()}


def do_slot(v):
    name = v["slot_name"].encode()
    head = (b"YZK1" + SUITE + u(v["slot_kind"], 1) + u(len(name), 2) + name + u(v["kdf"], 1) + u(v["memory_kib"], 4)
            + u(v["passes"], 4) + h(v["salt"]))
    if v["kdf"] == 1:
        out = buf(32)
        word = h(v["passphrase"])
        # 2 is crypto_pwhash_ALG_ARGON2ID13
        call("crypto_pwhash", out, U64(32), word, U64(len(word)), h(v["salt"]), U64(v["passes"]),
             ctypes.c_size_t(v["memory_kib"] * 1024), 2)
        key = out.raw
    else:
        key = h(v["key"])
    sealed = aead(key, h(v["nonce"]), h(v["secret"]), head)
    return {"bytes": (head + h(v["nonce"]) + u(len(sealed), 2) + sealed).hex()}


def ids(values):
    return b"".join(h(x) for x in values)


def do_record(v):
    content = (b"YZR1" + SUITE + u(v["type"], 1) + u(v["schema"], 2) + h(v["salt"]) + h(v["origin"]) + u(v["at"], 8)
               + u(v["event_ms"], 8) + h(v["anchor"]) + h(v["case_office"]) + h(v["case_id"]) + u(v["sensitivity"], 1)
               + u(v["lane"], 1) + u(len(v["parents"]), 1) + u(len(v["addressees"]), 1) + u(v["flags"], 2) + b"\0\0"
               + u(len(h(v["body"])), 4) + ids(v["parents"]) + ids(v["addressees"]) + h(v["body"]))
    digest = blake("yz1:record-id", content)
    block = sorted((u(s["role"], 1) + h(s["officer"]),
                    sign(h(s["seed"]), "yizhan/v1/record", u(s["role"], 1) + h(s["officer"]) + digest))
                   for s in v["signers"])
    whole = content + u(len(block), 1) + b"".join(key + sig for key, sig in block)
    return {"id": digest.hex(), "content_bytes": len(content), "bytes": whole.hex()}


def do_forward(v):
    certificates = sorted(((blake("yz1:cert", h(c)), h(c)) for c in v["certificates"]))
    note = v["note"].encode()
    attachments = sorted((h(a["id"]), a["handed_on"]) for a in v.get("attachments", []))
    body = (u(2 if attachments else 1, 1) + u(len(note), 2) + note + u(len(h(v["edit"])), 4) + h(v["edit"])
            + u(len(h(v["nested"])), 4) + h(v["nested"]) + u(len(certificates), 1)
            + b"".join(u(len(c), 2) + c for _, c in certificates))
    if attachments:
        body += u(len(attachments), 1) + b"".join(i + u(1 if handed_on else 0, 1) for i, handed_on in attachments)
    return {"nested_id": record_id_of(h(v["nested"])).hex(), "bytes": body.hex()}


def do_handed_on(v):
    certificates = sorted(((blake("yz1:cert", h(c)), h(c)) for c in v["certificates"]))
    body = (u(2, 1) + u(len(h(v["manifest"])), 4) + h(v["manifest"]) + u(len(certificates), 1)
            + b"".join(u(len(c), 2) + c for _, c in certificates))
    return {"manifest_id": record_id_of(h(v["manifest"])).hex(), "bytes": body.hex()}


def record_id_of(whole):
    """From the bytes alone: where the content ends stands in its own header."""
    end = 148 + 32 * whole[138] + 16 * whole[139] + int.from_bytes(whole[144:148], "big")
    if whole[:4] != b"YZR1" or len(whole) != end + 1 + 97 * whole[end]:
        raise ValueError("the nested record is malformed")
    return blake("yz1:record-id", whole[:end])


def stream_id(v):
    return blake("yz1:stream-id", h(v["node"]) + h(v["incarnation"]) + h(v["destination"]) + u(v["lane"], 1), 16)


def unzstd(frame, size):
    z = ctypes.CDLL("libzstd.so.1")
    z.ZSTD_decompress.restype = ctypes.c_size_t
    out = buf(size)
    if z.ZSTD_decompress(out, ctypes.c_size_t(size), frame, ctypes.c_size_t(len(frame))) != size:
        raise ValueError("the zstd frame does not expand to its length")
    return out.raw[:size]


def do_envelope(v):
    plain = b"".join(u(i["kind"], 1) + u(len(h(i["bytes"])), 4) + h(i["bytes"]) for i in v["items"])
    if "zstd_frame" in v:  # given, because every version of zstd may write another one
        if unzstd(h(v["zstd_frame"]), len(plain)) != plain:
            raise ValueError("the zstd frame holds something else")
        packed = b"\x01" + u(len(plain), 4) + h(v["zstd_frame"])
    else:
        packed = b"\x00" + u(len(plain), 4) + plain
    padding = padded(len(packed), v["least"])
    packed = (packed + b"\x80").ljust(padding, b"\0")
    readers = [box_public(h(s)) for s in v["reader_secrets"]] + [box_public(h(v["archive_secret"]))]
    readers = sorted((blake("yz1:key-hint", r)[:8], r) for r in readers)
    total = 156 + 120 * len(readers) + 24 + len(packed) + 16 + 64
    head = (b"YZE1" + SUITE + u(v["lane"], 1) + b"\0\0" + u(total, 4) + h(v["author"]) + h(v["node"])
            + h(v["incarnation"]) + h(v["destination"]) + u(v["seq"], 8) + h(v["previous"]) + u(v["at"], 8))
    head += blake("yz1:cek-commit", head, key=h(v["cek"])) + u(len(readers), 1) + b"\0\0\0" + u(len(packed) + 16, 4)
    header_hash = blake("yz1:hdr", head)
    whole = head
    for (hint, reader), ephemeral in zip(readers, v["ephemeral_secrets"]):
        whole += hint + sealed_box(h(v["cek"]) + header_hash, reader, h(ephemeral))
    whole += h(v["nonce"]) + aead(h(v["cek"]), h(v["nonce"]), packed, whole)
    whole += sign(h(v["node_seed"]), "yizhan/v1/envelope", blake("yz1:envelope", whole))
    digest = blake("yz1:envelope", whole)
    return {"stream": stream_id(v).hex(), "bytes": whole.hex(), "hash": digest.hex(),
            "chain": blake("yz1:stream", h(v["previous"]) + digest).hex()}


def body_receipt(v):
    s = v["stream"]
    about = u(v["receipt"], 1) + stream_id(s)
    body = (u(v["receipt"], 1) + h(s["author"]) + h(s["node"]) + h(s["incarnation"]) + h(s["destination"])
            + u(s["lane"], 1) + u(v["upto"], 8) + h(v["chain"]) + h(v["registry"]) + u(len(v["ranges"]), 1)
            + u(len(v["refused"]), 1) + b"".join(u(a, 8) + u(b, 8) for a, b in v["ranges"])
            + b"".join(h(r["record"]) + u(r["seq"], 8) + u(r["why"], 2) for r in v["refused"]))
    return body, about


def body_head(v):
    body = h(v["destination"]) + h(v["incarnation"])
    for lane in v["lanes"]:
        body += u(lane["seq"], 8) + h(lane["chain"]) + u(lane["waiting"], 4) + u(lane["oldest_ms"], 8)
    body += (h(v["node_list"]) + h(v["registry"]) + h(v["journal"]) + h(v["anchor"]) + u(v["urgent_count"], 4)
             + h(v["urgent_digest"]) + u(len(v["flash"]), 1))
    body += b"".join(h(a["record"]) + u(a["at_ms"], 8) + h(a["to"]) for a in v["flash"])
    return body, h(v["destination"])


def body_node_list(v):
    body = u(v["version"], 8) + u(len(v["nodes"]), 1) + u(len(v["urls"]), 1)
    for n in v["nodes"]:
        body += h(n["node"]) + h(n["certificate"]) + h(n["box"]) + u(n["box_until_ms"], 8)
    for url in v["urls"]:
        body += u(len(url.encode()), 2) + url.encode()
    return body, b""


def body_want(v):
    return u(len(v["certificates"]), 1) + ids(v["certificates"]), b""


def body_chunk_receipt(v):
    body = (h(v["author"]) + h(v["destination"]) + h(v["attachment"]) + u(v["count"], 4) + u(len(v["ranges"]), 1)
            + b"".join(u(a, 4) + u(b, 4) for a, b in v["ranges"]))
    return body, h(v["author"]) + h(v["destination"]) + h(v["attachment"])


def body_incarnation(v):
    body = h(v["now"]) + h(v["previous"]) + u(len(v["streams"]), 1) + b"".join(
        h(s["destination"]) + u(s["lane"], 1) + u(s["last"], 8) + h(s["chain"]) for s in v["streams"])
    return body, body


def body_revocation(v):
    seed = h(v["authority_seed"])
    body = (u(v["target"], 1) + u(v["why"], 1) + h(v["subject"]) + h(v["certificate"]) + u(v["since"], 8)
            + h(v["last_seen"]) + sign_public(seed)[0])
    body += sign(seed, "yizhan/v1/statement", blake("yz1:statement", body))
    return body, body


def body_consent(v):
    old, new = h(v["old_seed"]), h(v["new_seed"])
    core = (h(v["office"]) + sign_public(old)[0] + sign_public(new)[0] + h(v["before"]) + h(v["after"]) + u(v["time"], 8)
            + u(v["serial"], 8))
    body = core + sign(old, "yizhan/v1/consent", blake("yz1:consent", core))
    body += u(v["list_serial"], 8) + u(len(v["honoured"]), 1) + ids(v["honoured"])
    body += sign(new, "yizhan/v1/consent", blake("yz1:consent", body))
    return body, h(v["office"]) + sign_public(old)[0] + u(old != new, 1)


def body_wrap(v):
    return h(v["envelope"]) + h(v["wrap"]), h(v["envelope"])


def body_confirmation(v):
    return h(v["node"]) + h(v["certificate"]), h(v["node"])


def body_line_superiors(v):
    body = u(len(v["superiors"]), 1)
    for s in v["superiors"]:
        name = s["name"].encode()
        body += h(s["office"]) + u(len(s["code"]), 1) + s["code"].encode() + u(len(name), 2) + name
    return body, b""


def body_draft(v):
    return h(v["draft"]) + h(v["tag"]) + u(v["index"], 1) + u(v["count"], 1) + h(v["piece"]), h(v["draft"]) + u(v["index"], 1)


def do_statement(v):
    number, make = {"receipt": (1, body_receipt), "head": (2, body_head), "node_list": (3, body_node_list),
                    "revocation": (4, body_revocation), "incarnation": (5, body_incarnation), "want": (6, body_want), "chunk_receipt": (8, body_chunk_receipt),
                    "consent": (9, body_consent), "wrap": (10, body_wrap),
                    "confirmation": (11, body_confirmation), "draft": (12, body_draft), "line_superiors": (13, body_line_superiors)}[v["statement"]]
    body, about = make(v["says"])
    head = (b"YZS1" + SUITE + u(number, 1) + b"\0\0" + u(68 + len(body) + 64, 4) + h(v["office"]) + h(v["node"])
            + h(v["epoch"]) + u(v["at"], 8) + u(v["unix_ms"], 8) + body)
    whole = head + sign(h(v["node_seed"]), "yizhan/v1/statement", blake("yz1:statement", head))
    key = blake("yz1:statement", u(number, 1) + h(v["office"]) + h(v["node"]) + about)
    return {"bytes": whole.hex(), "digest": blake("yz1:statement", whole).hex(), "key": key.hex()}


def told(v):
    return h(v["base_told"]) + h(v["mark_told"]) + h(v["heard_told"])


def do_request_head(v):
    head = (b"YZX2" + SUITE + b"\x01" + u(v["nonces_left"], 1) + u(v["fresh"] + 2 * v["more"], 1) + h(v["from"])
            + h(v["to"]) + h(v["nonce"]) + u(v["at"], 8) + h(v["epoch"]) + h(v["outstanding"]) + u(v["base"], 8)
            + u(v["mark"], 8) + u(v["heard"], 8) + told(v) + u(v["answer_bytes"], 4) + u(0, 4) + blake("yz1:frames", h(v["frames"])))
    whole = head + sign(h(v["node_seed"]), "yizhan/v1/exchange", head)
    return {"bytes": whole.hex(), "hash": blake("yz1:exchange", whole).hex()}


def answer_head(v):
    head = (b"YZX2" + SUITE + b"\x02" + u(v["state"], 1) + u(v["more"] + 16 * len(v["nonces"]), 1) + h(v["from"])
            + h(v["to"]) + h(v["request"]) + u(v["at"], 8) + u(v["unix_ms"], 8) + h(v["epoch"]) + h(v["outstanding"])
            + u(v["base"], 8) + u(v["mark"], 8) + u(v["heard"], 8) + told(v) + u(v["request_bytes"], 4)
            + u(v["retry_after_s"], 2) + u(0, 2) + blake("yz1:frames", h(v["frames"])) + ids(v["nonces"]))
    return head + sign(h(v["node_seed"]), "yizhan/v1/answer", head)


def do_answer_head(v):
    return {"bytes": answer_head(v).hex()}


def do_hello(v):
    nonces = []
    for i in range(6):
        number = u(2, 1) + u(v["now_ms"] + i, 7)
        nonces.append((number + blake("yz1:nonce", number, key=h(v["nonce_key"]))[:8]).hex())
    whole = answer_head({"state": 3, "more": 0, "nonces": nonces, "from": v["node"], "to": "00" * 16,
                         "request": blake("yz1:exchange", b"").hex(), "at": v["at"], "unix_ms": v["now_ms"],
                         "epoch": v["epoch"], "outstanding": "00" * 16, "base": 0, "mark": 0, "heard": 0,
                         "base_told": "00" * 8, "mark_told": "00" * 8, "heard_told": "00" * 8,
                         "request_bytes": 1 << 20, "retry_after_s": 0, "frames": "", "node_seed": v["node_seed"]})
    return {"bytes": whole.hex()}


def do_frames(v):
    return {"bytes": b"".join(u(f["type"], 1) + u(len(h(f["bytes"])), 4) + h(f["bytes"]) for f in v["frames"]).hex()}


def do_part(v):
    return {"bytes": (h(v["stream"]) + u(v["lane"], 1) + u(v["seq"], 8) + u(v["total"], 4) + u(v["offset"], 4)
                      + h(v["piece"])).hex()}


def do_have(v):
    return {"bytes": (h(v["stream"]) + u(v["seq"], 8) + u(v["total"], 4) + u(len(v["ranges"]), 1)
                      + b"".join(u(a, 4) + u(b, 4) for a, b in v["ranges"])).hex()}


def do_chunk(v):
    body = (b"YZA1" + SUITE + b"\0\0\0" + h(v["author"]) + h(v["destination"]) + h(v["attachment"]) + u(v["index"], 4)
            + u(v["count"], 4) + h(v["ciphertext"]))
    return {"bytes": (body + sign(h(v["node_seed"]), "yizhan/v1/chunk", blake("yz1:chunk", body))).hex()}


def secretstream(key, header, pieces):
    """libsodium's secretstream with the header given: what pulls and what pushes begin with the same state."""
    state = buf(NA.crypto_secretstream_xchacha20poly1305_statebytes())
    call("crypto_secretstream_xchacha20poly1305_init_pull", state, header, key)
    sealed = b""
    for n, plain in enumerate(pieces):
        out = buf(len(plain) + 17)
        call("crypto_secretstream_xchacha20poly1305_push", state, out, None, plain, U64(len(plain)), None, U64(0),
             ctypes.c_ubyte(3 if n == len(pieces) - 1 else 0))
        sealed += out.raw
    return sealed


def do_bundle(v):
    readers = sorted({box_public(h(s)) for s in v["reader_secrets"]}, key=lambda p: (blake("yz1:key-hint", p)[:8], p))
    fixed = (b"YZN2" + SUITE + u(len(readers), 1) + b"\0\0" + h(v["from"]) + h(v["office"]) + h(v["to"]) + h(v["id"])
             + u(v["at"], 8) + u(v["unix_ms"], 8) + h(v["epoch"]) + h(v["peer_epoch"]) + u(v["base"], 8) + u(v["mark"], 8)
             + u(v["heard"], 8) + told(v))
    inside = h(v["key"]) + blake("yz1:hdr", fixed)
    wraps = b"".join(blake("yz1:key-hint", p)[:8] + sealed_box(inside, p, h(e))
                     for p, e in zip(readers, v["ephemeral_secrets"]))
    head = fixed + wraps + h(v["stream_header"])
    head += sign(h(v["node_seed"]), "yizhan/v1/bundle", head)
    text = b"".join(u(f["type"], 1) + u(len(h(f["bytes"])), 4) + h(f["bytes"]) for f in v["frames"]) + b"\x80"
    text += b"\0" * (-len(text) % 16367)
    whole = head + secretstream(h(v["key"]), h(v["stream_header"]), [text[i:i + 16367] for i in range(0, len(text), 16367)])
    return {"head": head.hex(), "size": len(whole), "hash": blake("yz1:frames", whole).hex()}


def do_pictures(v):
    whole = h(v["envelope"])
    pieces = [whole[i:i + 400] for i in range(0, len(whole), 400)]
    out = []
    for n, piece in enumerate(pieces, 1):
        body = blake("yz1:envelope", whole)[:4] + u(n, 1) + u(len(pieces), 1) + piece
        out.append("YZQ1" + base32(body + blake("yz1:picture", body)[:4]).upper())
    return {"texts": out}


def typed(data):
    """Lines of 24 characters and a check in GF(32), powers of 2 by a table of its own."""
    power, x = [], 1
    for _ in range(31):
        power.append(x)
        x = x << 1 if x < 16 else (x << 1 ^ 0b100101)
    letters, alphabet, out = base32(data).upper(), "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", ""
    for number, at in enumerate(range(0, len(letters), 24), 1):
        line = letters[at:at + 24]
        check = number
        for i, c in enumerate(line, 1):
            value = alphabet.index(c)
            if value:
                check ^= power[(power.index(value) + i) % 31]
        line += alphabet[check]
        out += " ".join(line[i:i + 5] for i in range(0, len(line), 5)) + "\n"
    return out


def do_notice(v):
    letters = 0
    for c in v["incident"].ljust(6, "\0"):
        letters = letters << 5 | {"\0": 0, "-": 27}.get(c, ord(c) - 64)
    title = v["title"].encode("utf-16-be")
    body = (b"\x11" + h(v["author"])[:4] + h(v["record"])[:8] + u(v["lane"] << 6 | v["exercise"] << 4 | v["report_kind"], 1)
            + u(letters, 4) + u(v["place"], 5) + u(v["event_ms"] // 60000, 4) + u(v["deaths"], 2) + u(v["injured"], 2)
            + u(v["missing"], 2) + u(len(title) // 2, 1) + title)
    whole = body + sign(h(v["node_seed"]), "yizhan/v1/notice", h(v["author"]) + h(v["destination"]) + body)
    return {"bytes": whole.hex(), "lines": typed(whole)}


def draft_version(v):
    by = h(v["by"]["node"]) + h(v["by"]["incarnation"])
    out = u({"text": 1, "deleted": 2, "released": 3}[v["says"]], 1) + u(len(v["seen"]), 1)
    for s in sorted(v["seen"], key=lambda s: s["node"] + s["incarnation"]):
        out += h(s["node"]) + h(s["incarnation"]) + u(s["number"], 8)
    out += by + u(v["at"], 8)
    if v["says"] == "text":
        report, note, content = v["report"].encode(), v["note"].encode(), h(v["content"])
        out += u(len(report), 4) + report + h(v["drafter"]) + u(len(note), 4) + note + u(len(content), 4) + content
        out += u(len(v["signatures"]), 1)
        for s in v["signatures"]:
            out += u(s["role"], 1) + h(s["officer"]) + h(s["signature"])
    elif v["says"] == "released":
        out += h(v["record"])
    return out


def do_draft_state(v):
    out, names = u(1, 1) + h(v["draft"]) + h(v["case_office"]), []
    for versions in (v["heads"], v["before"]):
        out += u(len(versions), 1)
        for one in map(draft_version, versions):
            out += u(len(one), 4) + one
            names.append(blake("yz1:draft", one).hex())
    return {"bytes": out.hex(), "versions": names}


def do_draft(v):
    plain, reader = h(v["plain"]), box_public(h(v["reader_secret"]))
    way = h(v["office"]) + h(v["from"]) + h(v["to"]) + h(v["draft"]) + h(v["tag"])
    packed = b"\0" + u(len(plain), 4) + plain
    packed += b"\x80" + bytes(padded(len(packed), 0) - len(packed) - 1)
    key = h(v["cek"])
    wrap = sealed_box(key + blake("yz1:draft", way), reader, h(v["ephemeral_secret"]))
    return {"sealed": (blake("yz1:key-hint", reader)[:8] + wrap + h(v["nonce"]) + aead(key, h(v["nonce"]), packed, way)).hex()}


KINDS = {name[3:]: f for name, f in list(globals().items()) if name.startswith("do_")}


def main():
    fill = "--fill" in sys.argv[1:]
    wrong = total = 0
    for path in sorted(HERE.glob("*.json")):
        file = json.loads(path.read_text())
        if file.get("checker") != "check.py":  # another checker's
            continue
        counts = {}
        for v in file["vectors"]:
            got = KINDS[v["kind"]](v)
            if fill and "expect" not in v:
                v["expect"] = got
            if v.get("expect") != got:
                wrong += 1
                print("DIFFERENT  %s: %s (%s)\n  file %s\n  here %s" % (path.name, v["name"], v["kind"], v.get("expect"), got))
            counts[v["kind"]] = counts.get(v["kind"], 0) + 1
            total += 1
        if fill:
            path.write_text(json.dumps(file, indent=1, ensure_ascii=False) + "\n")
        print("%-18s %s" % (path.name, ", ".join("%d %s" % (n, k) for k, n in sorted(counts.items()))))
    print("%d vectors computed again, %d different" % (total, wrong))
    return 1 if wrong or total == 0 else 0


sys.exit(main())
